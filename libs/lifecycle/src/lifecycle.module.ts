import { ConfigModule } from '@app/config';
import { Global, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Lifecycle } from './lifecycle.js';
import { lifecycleConfig } from './lifecycle.config.js';
import { Readiness } from './readiness.js';

@Global()
@Module({
  imports: [ConfigModule.forFeature(lifecycleConfig), TerminusModule.forRoot({ logger: false })],
  providers: [Lifecycle, Readiness],
  exports: [Lifecycle, Readiness],
})
export class LifecycleModule {}
