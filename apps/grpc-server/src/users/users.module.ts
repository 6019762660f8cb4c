import { OutboxModule } from '@app/messaging';
import { PostgresModule } from '@app/postgres';
import { ResilienceModule } from '@app/resilience';
import { Module } from '@nestjs/common';
import { Users1763650100000 } from './migrations/1763650100000-users.migration.js';
import { PasswordHasher } from './password.hasher.js';
import { UserEntity } from './user.entity.js';
import { UserStore } from './user.store.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [
    PostgresModule.forFeature({ entities: [UserEntity], migrations: [Users1763650100000] }),
    OutboxModule,
    ResilienceModule,
  ],
  controllers: [UsersController],
  providers: [UsersService, UserStore, PasswordHasher],
})
export class UsersModule {}
