import { ConfigModule } from '@app/config';
import { Module } from '@nestjs/common';
import { resilienceConfig } from './resilience.config.js';
import { ResilienceMetrics } from './resilience.metrics.js';
import { Resilience } from './resilience.js';

/** Import it where `Resilience` is injected or `@Resilient` is used. */
@Module({
  imports: [ConfigModule.forFeature(resilienceConfig)],
  providers: [Resilience, ResilienceMetrics],
  exports: [Resilience],
})
export class ResilienceModule {}
