import { UsersServiceClient, UsersServiceDefinition } from '@app/contracts';
import { GrpcClientModule } from '@app/grpc';
import { Module } from '@nestjs/common';
import { UsersController } from './users.controller.js';

@Module({
  imports: [
    GrpcClientModule.forFeature('grpc-server', {
      client: UsersServiceClient,
      definition: UsersServiceDefinition,
    }),
  ],
  controllers: [UsersController],
})
export class UsersModule {}
