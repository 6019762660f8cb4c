import { GrpcModule } from '@app/grpc';
import { LocksModule } from '@app/locks';
import { PostgresModule } from '@app/postgres';
import { RedisModule } from '@app/redis';
import { Module } from '@nestjs/common';
import { BooksModule } from './books/books.module.js';
import { CountersModule } from './counters/counters.module.js';
import { FilesModule } from './files/files.module.js';
import { UsersModule } from './users/users.module.js';

@Module({
  imports: [
    // the platform modules
    GrpcModule,
    PostgresModule.forRoot(),
    RedisModule.forRoot(),
    LocksModule.forRoot(),

    // the slices
    CountersModule,
    FilesModule,
    UsersModule,
    BooksModule,
  ],
})
export class GrpcServerModule {}
