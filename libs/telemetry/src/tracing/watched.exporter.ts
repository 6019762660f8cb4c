import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

type Result = Parameters<Parameters<SpanExporter['export']>[1]>[0];

/**
 * Receives the outcome of each export.
 *
 * @publicApi
 */
export interface ExportObserver {
  exported(spans: number): void;
  /** The receiver of traces accepted none of them. */
  lost(spans: number, error: unknown): void;
}

/** Reports the spans that the receiver of traces has accepted and those that were lost. */
export class WatchedExporter implements SpanExporter {
  constructor(
    private readonly exporter: SpanExporter,
    private readonly observer: ExportObserver,
  ) {}

  export(spans: ReadableSpan[], done: (result: Result) => void): void {
    this.exporter.export(spans, (result) => {
      if (result.code === SUCCESS) this.observer.exported(spans.length);
      else this.observer.lost(spans.length, result.error);
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }

  async forceFlush(): Promise<void> {
    await this.exporter.forceFlush?.();
  }
}

/** `ExportResultCode.SUCCESS` of @opentelemetry/core. */
const SUCCESS = 0;
