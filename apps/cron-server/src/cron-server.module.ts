import { GrpcModule } from '@app/grpc';
import { PostgresModule } from '@app/postgres';
import { SchedulingModule } from '@app/scheduling';
import { Module } from '@nestjs/common';
import { MessagesModule } from './messages/messages.module.js';

@Module({
  imports: [
    // what the slices stand on
    GrpcModule,
    PostgresModule.forRoot(),
    SchedulingModule.forRoot(),

    // the slices
    MessagesModule,
  ],
})
export class CronServerModule {}
