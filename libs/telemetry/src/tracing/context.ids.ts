import type { TraceContext } from '@app/context';
import type { IdGenerator } from '@opentelemetry/sdk-trace';

/** Passes the ids of the context to the SDK, so that logs, headers and spans name the same trace. */
export class ContextIds implements IdGenerator {
  private next: TraceContext | undefined;

  /** The span that `start` creates has the ids of this step. */
  with<T>(trace: TraceContext, start: () => T): T {
    this.next = trace;
    return start();
  }

  generateTraceId(): string {
    return this.required.traceId;
  }

  generateSpanId(): string {
    return this.required.spanId;
  }

  private get required(): TraceContext {
    if (!this.next)
      throw new Error('A span was started past Spans: it would have ids that no log line knows.');
    return this.next;
  }
}
