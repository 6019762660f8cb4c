import { Logger } from '@nestjs/common';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { OtlpProtocol, TelemetryConfig } from '../telemetry.config.js';

type TracesConfig = Pick<TelemetryConfig['traces'], 'exporter' | 'endpoint'> & { protocol: OtlpProtocol };

/** How long one attempt to hand spans over may take; a stop waits for no more than this either. Milliseconds. */
export const EXPORT_TIMEOUT_MS = 3_000;

/** OpenTelemetry's own exporters; one is loaded, those that are not configured are not. */
const OTLP_EXPORTERS = {
  'http/json': () => import('@opentelemetry/exporter-trace-otlp-http'),
  'http/protobuf': () => import('@opentelemetry/exporter-trace-otlp-proto'),
  grpc: () => import('@opentelemetry/exporter-trace-otlp-grpc'),
} as const;

const OTLP_PATHS = { 'http/json': '/v1/traces', 'http/protobuf': '/v1/traces', grpc: '' } as const;
const ZIPKIN_PATH = '/api/v2/spans';

/** Loads the exporter that is configured, and no other. */
export async function createExporter({ exporter, protocol, endpoint }: TracesConfig): Promise<SpanExporter> {
  reportWarnings();
  const path = exporter === 'zipkin' ? ZIPKIN_PATH : OTLP_PATHS[protocol];
  const address = endpoint && { url: withPath(endpoint.href, path) };
  if (exporter === 'zipkin') {
    const { ZipkinExporter } = await import('@opentelemetry/exporter-zipkin');
    return new ZipkinExporter({ ...address });
  }
  const { OTLPTraceExporter } = await OTLP_EXPORTERS[protocol]();
  return new OTLPTraceExporter({ ...address, timeoutMillis: EXPORT_TIMEOUT_MS });
}

/** The base address of a receiver is not where it takes spans. */
function withPath(address: string, path: string): string {
  const url = new URL(address);
  if (url.pathname === '/' && path !== '') url.pathname = path;
  return url.href;
}

/** What the SDK cannot read of its own variables: an address, a certificate. Failed exports are reported elsewhere. */
function reportWarnings(): void {
  const logger = new Logger('Traces');
  const nothing = () => undefined;
  diag.setLogger(
    { verbose: nothing, debug: nothing, info: nothing, warn: (text) => logger.warn(text), error: nothing },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}
