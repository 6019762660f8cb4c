import { ConfigModule } from '@app/config';
import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessControl } from './access.control.js';
import { AccessGuard } from './access.guard.js';
import { authConfig } from './auth.config.js';

/** Guards every HTTP route of the app that imports it; default deny. */
@Module({
  imports: [ConfigModule.forFeature(authConfig)],
  providers: [AccessControl, { provide: APP_GUARD, useClass: AccessGuard }],
  exports: [AccessControl],
})
export class AuthModule {}
