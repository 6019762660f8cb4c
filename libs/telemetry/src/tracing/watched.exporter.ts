import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

type Result = Parameters<Parameters<SpanExporter['export']>[1]>[0];

/**
 * What became of spans that were handed to the exporter.
 *
 * @publicApi
 */
export interface ExportObserver {
  exported(spans: number): void;
  /** The receiver of traces took none of them. */
  lost(spans: number, error: unknown): void;
}

/** Reports what the receiver of traces has taken and what it has missed. */
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
