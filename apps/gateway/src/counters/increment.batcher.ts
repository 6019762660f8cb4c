import { RequestContext, type TraceContext } from '@app/context';
import type { Counter, IncrementOutcome, IncrementRequest } from '@app/contracts';
import { Spans } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import { failureOf } from './counters.errors.js';
import { IncrementSender } from './increment.sender.js';

interface Waiting {
  request: IncrementRequest;
  /** The trace of its request, when traces are recorded. */
  trace: TraceContext | undefined;
  resolve: (counter: Counter) => void;
  reject: (error: unknown) => void;
}

/** The most increments of one call; `BatchIncrementRequest` allows 1000. */
const MAX_BATCH = 500;

/**
 * Merges the increments of one turn of the event loop into one call. With 1000 connections a call carries dozens, and a
 * message costs far more than an increment. A single increment is sent in the same turn, in the context of its request.
 * A merged call belongs to none of its requests, so that a request that is cancelled does not cancel the others. An
 * increment with a key of its client is sent in a separate call, not through this class.
 */
@Injectable()
export class IncrementBatcher {
  private waiting: Waiting[] = [];

  constructor(
    private readonly sender: IncrementSender,
    private readonly spans: Spans,
  ) {}

  increment(request: IncrementRequest): Promise<Counter> {
    const trace = this.spans.enabled ? RequestContext.current()?.trace : undefined;
    return new Promise((resolve, reject) => {
      if (this.waiting.length === 0) setImmediate(() => this.flush());
      this.waiting.push({ request, trace, resolve, reject });
      if (this.waiting.length === MAX_BATCH) this.flush();
    });
  }

  private flush(): void {
    const batch = this.waiting;
    this.waiting = [];
    const [only] = batch;
    if (only === undefined) return;
    if (batch.length === 1) this.sender.one(only.request).then(only.resolve, only.reject);
    else void RequestContext.detach(() => this.sendMerged(batch));
  }

  private sendMerged(batch: readonly Waiting[]): Promise<void> {
    const origins = this.spans.enabled ? batch.map(({ trace }) => trace) : [];
    return this.spans.merged('merged increments', {}, origins, () => this.send(batch));
  }

  private async send(batch: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.sender.many(batch.map(({ request }) => request));
      for (const [index, waiting] of batch.entries()) settle(waiting, outcomes[index]);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

function settle({ resolve, reject }: Waiting, reply: IncrementOutcome | undefined): void {
  const outcome = reply?.outcome;
  if (outcome?.$case === 'counter') resolve(outcome.value);
  else reject(failureOf(reply));
}
