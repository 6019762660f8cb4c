import { Logger } from '@nestjs/common';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

type Result = Parameters<Parameters<SpanExporter['export']>[1]>[0];

/** What became of spans that were handed to the exporter. */
export type ExportObserver = (outcome: 'exported' | 'lost', spans: number) => void;

/** Tells in the log when the receiver goes away and when it is back, once each, and counts what it missed. */
export class WatchedExporter implements SpanExporter {
  private readonly logger = new Logger('Traces');
  private failing = false;

  constructor(
    private readonly exporter: SpanExporter,
    private readonly observe: ExportObserver,
  ) {}

  export(spans: ReadableSpan[], done: (result: Result) => void): void {
    this.exporter.export(spans, (result) => {
      this.told(result, spans.length);
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }

  async forceFlush(): Promise<void> {
    await this.exporter.forceFlush?.();
  }

  private told({ code, error }: Result, count: number): void {
    const failed = code !== SUCCESS;
    this.observe(failed ? 'lost' : 'exported', count);
    if (failed && !this.failing)
      this.logger.warn(
        { err: error },
        'spans cannot be exported and are lost until the receiver is back; see telemetry.traces.endpoint',
      );
    if (!failed && this.failing) this.logger.log('spans are exported again');
    this.failing = failed;
  }
}

/** `ExportResultCode.SUCCESS` of @opentelemetry/core. */
const SUCCESS = 0;
