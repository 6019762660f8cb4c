import { GrpcModule } from '@app/grpc';
import { PostgresModule } from '@app/postgres';
import { SchedulingModule } from '@app/scheduling';
import { Module } from '@nestjs/common';
import { FilesModule } from './files/files.module.js';
import { MessagesModule } from './messages/messages.module.js';

@Module({
  imports: [
    // the platform modules
    GrpcModule,
    PostgresModule.forRoot(),
    SchedulingModule.forRoot(),

    // the slices
    FilesModule,
    MessagesModule,
  ],
})
export class CronServerModule {}
