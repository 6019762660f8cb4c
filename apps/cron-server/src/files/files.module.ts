import { ConfigModule } from '@app/config';
import { FilesServiceClient, FilesServiceDefinition } from '@app/contracts';
import { GrpcClientModule } from '@app/grpc';
import { Module } from '@nestjs/common';
import { filesConfig } from './files.config.js';
import { FilesJobs } from './files.jobs.js';

@Module({
  imports: [
    ConfigModule.forFeature(filesConfig),
    GrpcClientModule.forFeature('grpc-server', {
      client: FilesServiceClient,
      definition: FilesServiceDefinition,
    }),
  ],
  providers: [FilesJobs],
})
export class FilesModule {}
