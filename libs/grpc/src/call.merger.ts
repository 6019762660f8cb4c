import { RequestContext, type TraceContext } from '@app/context';
import { InternalError } from '@app/errors';
import type { Spans } from '@app/telemetry';

interface Waiting<Request, Reply> {
  readonly request: Request;
  /** The trace of its request, when traces are recorded. */
  readonly trace: TraceContext | undefined;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

/** How merged calls are sent. */
export interface CallMergerOptions<Request, Reply> {
  readonly spans: Spans;
  /** Name of the span of a merged call: `merged increments`. */
  readonly span: string;
  /** The most requests of one merged call. */
  readonly maxSize: number;
  /** Sends a request that has no other beside it. */
  readonly one: (request: Request) => Promise<Reply>;
  /** Sends several requests in one call. Its results are in the order of the requests. */
  readonly many: (requests: Request[]) => Promise<readonly (Reply | Error | undefined)[]>;
}

/**
 * How many turns of the event loop share a call. A busy loop reads only some of the waiting requests in a turn. The
 * turns of an idle loop take no time.
 */
const TURNS = 3;

/**
 * Merges the requests of a few turns of the event loop into one call. A message costs far more than a small request,
 * and with 1000 connections a call carries more than a hundred. A single request is sent in its own context. A merged
 * call belongs to none of its requests, so that a cancelled request does not cancel the others.
 */
export class CallMerger<Request, Reply> {
  private waiting: Waiting<Request, Reply>[] = [];

  constructor(private readonly options: CallMergerOptions<Request, Reply>) {}

  call(request: Request): Promise<Reply> {
    const { spans, maxSize } = this.options;
    const trace = spans.enabled ? RequestContext.current()?.trace : undefined;
    return new Promise((resolve, reject) => {
      if (this.waiting.length === 0) this.flushAfter(TURNS);
      this.waiting.push({ request, trace, resolve, reject });
      if (this.waiting.length === maxSize) this.flush();
    });
  }

  private flushAfter(turns: number): void {
    setImmediate(() => (turns > 1 ? this.flushAfter(turns - 1) : this.flush()));
  }

  private flush(): void {
    const batch = this.waiting;
    this.waiting = [];
    const [only] = batch;
    if (only === undefined) return;
    if (batch.length === 1) this.options.one(only.request).then(only.resolve, only.reject);
    else void RequestContext.detach(() => this.sendMerged(batch));
  }

  private sendMerged(batch: readonly Waiting<Request, Reply>[]): Promise<void> {
    const { spans, span } = this.options;
    const origins = spans.enabled ? batch.map(({ trace }) => trace) : [];
    return spans.merged(span, {}, origins, () => this.send(batch));
  }

  private async send(batch: readonly Waiting<Request, Reply>[]): Promise<void> {
    try {
      const results = await this.options.many(batch.map(({ request }) => request));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const result = results[index] ?? InternalError.because(new Error('a merged request has no result'));
        if (result instanceof Error) reject(result);
        else resolve(result);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
