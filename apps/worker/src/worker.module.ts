import { GrpcModule } from '@app/grpc';
import { LocksModule } from '@app/locks';
import { ConsumerModule, RelayModule } from '@app/messaging';
import { PostgresModule } from '@app/postgres';
import { RabbitMqModule } from '@app/rabbitmq';
import { Module } from '@nestjs/common';
import { CountersModule } from './counters/counters.module.js';
import { DeadLettersModule } from './dead-letters/dead-letters.module.js';
import { FilesModule } from './files/files.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { UsersModule } from './users/users.module.js';

@Module({
  imports: [
    // the platform modules
    PostgresModule.forRoot(),
    RabbitMqModule.forRoot(),
    LocksModule.forRoot({ elections: true }),
    GrpcModule,
    ConsumerModule,
    RelayModule,

    // the slices
    CountersModule,
    FilesModule,
    MessagesModule,
    DeadLettersModule,
    UsersModule,
  ],
})
export class WorkerModule {}
