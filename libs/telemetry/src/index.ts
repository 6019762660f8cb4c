export { LATENCY_BUCKETS, Metrics } from './metrics.js';
export { TelemetryModule } from './telemetry.module.js';
