import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { TelemetryConfig } from '../telemetry.config.js';

/** How long one attempt to hand spans over may take; a stop waits for no more than this either. Milliseconds. */
export const EXPORT_TIMEOUT_MS = 3_000;

/** Loads the exporter that is configured, and no other. */
export async function createExporter({
  exporter,
  endpoint,
}: TelemetryConfig['traces']): Promise<SpanExporter> {
  const address = endpoint && { url: endpoint.href };
  if (exporter === 'zipkin') {
    const { ZipkinExporter } = await import('@opentelemetry/exporter-zipkin');
    return new ZipkinExporter({ ...address });
  }
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  return new OTLPTraceExporter({ ...address, timeoutMillis: EXPORT_TIMEOUT_MS });
}
