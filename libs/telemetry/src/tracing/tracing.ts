import { hostname } from 'node:os';
import type { ConfigHandle } from '@app/config';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Build } from '../metrics.js';
import type { Spans } from '../spans.js';
import type { TelemetryConfig } from '../telemetry.config.js';
import { ContextIds } from './context.ids.js';
import { OtelEnvironment } from './otel-environment.js';
import { RecordingSpans } from './recording.spans.js';
import { createExporter, EXPORT_TIMEOUT_MS } from './span-exporter.js';
import { type ExportObserver, WatchedExporter } from './watched.exporter.js';

/** How long spans wait for a batch, in milliseconds. */
const EXPORT_INTERVAL_MS = 1_000;
const MAX_WAITING_SPANS = 16_384;

/** Records with the SDK and exports in batches, until it is closed. */
export class Tracing {
  private constructor(
    readonly spans: Spans,
    private readonly provider: TracerProvider,
  ) {}

  static async open(
    config: ConfigHandle<TelemetryConfig>,
    { app, version }: Build,
    observer: ExportObserver,
  ): Promise<Tracing> {
    const environment = new OtelEnvironment();
    environment.warnOfIgnored();
    const { traces } = config.current;
    const protocol = traces.protocol ?? environment.protocol ?? 'http/protobuf';
    const exporter = new WatchedExporter(await createExporter({ ...traces, protocol }), observer);
    const ids = new ContextIds();
    const provider = new TracerProvider({
      resource: environment.resource({
        'service.namespace': 'ganymede',
        'service.name': app,
        'service.version': version,
        'service.instance.id': `${hostname()}-${process.pid}`,
      }),
      idGenerator: ids,
      spanProcessors: [
        new BatchSpanProcessor({
          exporter,
          scheduledDelayMillis: EXPORT_INTERVAL_MS,
          exportTimeoutMillis: EXPORT_TIMEOUT_MS,
          maxQueueSize: MAX_WAITING_SPANS,
        }),
      ],
    });
    const spans = new RecordingSpans(provider.getTracer('ganymede'), ids, () => config.current.sampleRatio);
    return new Tracing(spans, provider);
  }

  /**
   * Exports the waiting spans. When the receiver is unavailable, the observer has already counted and logged the
   * loss.
   */
  async flush(): Promise<void> {
    await this.provider.forceFlush({ timeoutMillis: EXPORT_TIMEOUT_MS }).catch(() => undefined);
  }

  /** Exports the last spans and ends. */
  async close(): Promise<void> {
    await this.flush();
    await this.provider.shutdown().catch(() => undefined);
  }
}
