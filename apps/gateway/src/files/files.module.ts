import { authConfig } from '@app/auth';
import { ConfigModule } from '@app/config';
import { FilesServiceClient, FilesServiceDefinition } from '@app/contracts';
import { GrpcClientModule } from '@app/grpc';
import { s3Config, S3Module } from '@app/s3';
import { Module } from '@nestjs/common';
import { FilesController } from './files.controller.js';
import { FilesService } from './files.service.js';

@Module({
  imports: [
    S3Module,
    GrpcClientModule.forFeature('grpc-server', {
      client: FilesServiceClient,
      definition: FilesServiceDefinition,
    }),
    ConfigModule.forFeature(authConfig),
    ConfigModule.forFeature(s3Config),
  ],
  controllers: [FilesController],
  providers: [FilesService],
})
export class FilesModule {}
