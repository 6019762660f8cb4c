import { ConfigModule } from '@app/config';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Metrics } from './metrics.js';
import { NoSpans, Spans } from './spans.js';
import { telemetryConfig } from './telemetry.config.js';

/** Provides `Metrics`, and `Spans` that record nothing. */
@Global()
@Module({ providers: [Metrics, { provide: Spans, useClass: NoSpans }], exports: [Metrics, Spans] })
export class TelemetryModule {
  /** Uses the spans of `openTelemetry`, which are created before the modules. */
  static forRoot(spans: Spans): DynamicModule {
    return {
      module: TelemetryModule,
      imports: [ConfigModule.forFeature(telemetryConfig)],
      providers: [{ provide: Spans, useValue: spans }],
    };
  }
}
