import { DeadLettersServiceClient, DeadLettersServiceDefinition } from '@app/contracts';
import { GrpcClientModule } from '@app/grpc';
import { Module } from '@nestjs/common';
import { DeadLettersController } from './dead-letters.controller.js';
import { DeadLettersService } from './dead-letters.service.js';

@Module({
  imports: [
    GrpcClientModule.forFeature('worker', {
      client: DeadLettersServiceClient,
      definition: DeadLettersServiceDefinition,
    }),
  ],
  controllers: [DeadLettersController],
  providers: [DeadLettersService],
})
export class DeadLettersModule {}
