export { type Build, LATENCY_BUCKETS, Metrics } from './metrics.js';
export {
  NoSpans,
  type OpenSpan,
  type SpanAttributes,
  type SpanEnding,
  type SpanKind,
  type SpanOptions,
  Spans,
} from './spans.js';
export { openTelemetry, type Telemetry } from './telemetry.js';
export { type TelemetryConfig, telemetryConfig } from './telemetry.config.js';
export { Traced } from './traced.decorator.js';
export { TelemetryModule } from './telemetry.module.js';
