import { authConfig } from '@app/auth';
import { ConfigModule } from '@app/config';
import { FilesServiceClient, FilesServiceDefinition } from '@app/contracts';
import { GrpcClientModule } from '@app/grpc';
import { s3Config, S3Module } from '@app/s3';
import { Module } from '@nestjs/common';
import { MultipartModule } from '@nestjs/platform-fastify/multipart';
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
    // The size of a file is watched where it is stored, so that the limit is the same at every door.
    MultipartModule.register({ limits: { fileSize: Infinity, fields: 16, fieldSize: 64 * 1024 } }),
  ],
  controllers: [FilesController],
  providers: [FilesService],
})
export class FilesModule {}
