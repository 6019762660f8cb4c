import { Logger } from '@nestjs/common';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { OtlpProtocol, TelemetryConfig } from '../telemetry.config.js';

type TracesConfig = Pick<TelemetryConfig['traces'], 'exporter' | 'endpoint'> & { protocol: OtlpProtocol };

/** Time limit of one export, in milliseconds. The shutdown waits no longer than this either. */
export const EXPORT_TIMEOUT_MS = 3_000;

/** OpenTelemetry's own exporters; only the configured one is loaded. */
const OTLP_EXPORTERS = {
  'http/json': () => import('@opentelemetry/exporter-trace-otlp-http'),
  'http/protobuf': () => import('@opentelemetry/exporter-trace-otlp-proto'),
  grpc: () => import('@opentelemetry/exporter-trace-otlp-grpc'),
} as const;

const OTLP_PATHS = { 'http/json': '/v1/traces', 'http/protobuf': '/v1/traces', grpc: '' } as const;
const ZIPKIN_PATH = '/api/v2/spans';

/** Loads only the configured exporter. */
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

/** Adds the path for spans to the base URL of a receiver. */
function withPath(address: string, path: string): string {
  const url = new URL(address);
  if (url.pathname === '/' && path !== '') url.pathname = path;
  return url.href;
}

/**
 * Logs the SDK's warnings about its own variables: an invalid URL or certificate. Failed exports are reported
 * elsewhere.
 */
function reportWarnings(): void {
  const logger = new Logger('Traces');
  const nothing = () => undefined;
  diag.setLogger(
    { verbose: nothing, debug: nothing, info: nothing, warn: (text) => logger.warn(text), error: nothing },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}
