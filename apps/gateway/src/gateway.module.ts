import { AuthModule } from '@app/auth';
import { HttpModule } from '@app/http';
import { RabbitMqModule } from '@app/rabbitmq';
import { RedisModule } from '@app/redis';
import { Module } from '@nestjs/common';
import { BooksModule } from './books/books.module.js';
import { CountersModule } from './counters/counters.module.js';
import { DeadLettersModule } from './dead-letters/dead-letters.module.js';
import { DiagnosticsModule } from './diagnostics/diagnostics.module.js';
import { FilesModule } from './files/files.module.js';
import { HealthModule } from './health/health.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { UsersModule } from './users/users.module.js';

@Module({
  imports: [
    // the platform modules; the gateway starts and serves even if its servers are unavailable
    HttpModule,
    AuthModule,
    RedisModule.forRoot({ needed: false }),
    RabbitMqModule.forRoot({ needed: false }),

    // the slices
    HealthModule,
    DiagnosticsModule,
    CountersModule,
    FilesModule,
    MessagesModule,
    DeadLettersModule,
    UsersModule,
    BooksModule,
  ],
})
export class GatewayModule {}
