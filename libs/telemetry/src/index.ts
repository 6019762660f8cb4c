export { copyMetadata } from './copy-metadata.js';
export { MeasuredGauges, type Reading, type Readings } from './measured.gauges.js';
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
export { ReservedLabelError } from './telemetry.errors.js';
export { type TelemetryConfig, telemetryConfig } from './telemetry.config.js';
export { Traced } from './traced.decorator.js';
export { TelemetryModule } from './telemetry.module.js';
