import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { TelemetryConfig } from '../telemetry.config.js';

type TracesConfig = TelemetryConfig['traces'];

/** How long one attempt to hand spans over may take; a stop waits for no more than this either. Milliseconds. */
export const EXPORT_TIMEOUT_MS = 3_000;

/** OpenTelemetry's own exporters; one is loaded, those that are not configured are not. */
const OTLP_EXPORTERS = {
  'http/json': () => import('@opentelemetry/exporter-trace-otlp-http'),
  'http/protobuf': () => import('@opentelemetry/exporter-trace-otlp-proto'),
  grpc: () => import('@opentelemetry/exporter-trace-otlp-grpc'),
} as const;

/** Loads the exporter that is configured, and no other. */
export async function createExporter({ exporter, protocol, endpoint }: TracesConfig): Promise<SpanExporter> {
  const address = endpoint && { url: endpoint.href };
  if (exporter === 'zipkin') {
    const { ZipkinExporter } = await import('@opentelemetry/exporter-zipkin');
    return new ZipkinExporter({ ...address });
  }
  const { OTLPTraceExporter } = await OTLP_EXPORTERS[protocol]();
  return new OTLPTraceExporter({ ...address, timeoutMillis: EXPORT_TIMEOUT_MS });
}
