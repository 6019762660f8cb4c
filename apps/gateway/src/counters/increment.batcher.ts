import { RequestContext, type TraceContext } from '@app/context';
import {
  type BatchIncrementRequest,
  type BatchIncrementResponse,
  type Counter,
  CountersServiceClient,
  type CountersServiceImplementation,
  type IncrementOutcome,
  type IncrementRequest,
} from '@app/contracts';
import { InternalError } from '@app/errors';
import { fromRpcStatus } from '@app/grpc';
import { Spans } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
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
 * How many turns of the event loop share a call. A busy loop reads only some of the waiting requests in a turn. The
 * turns of an idle loop take no time.
 */
const TURNS = 3;

/**
 * Merges the increments of a few turns of the event loop into one call. With 1000 connections a call carries more than a
 * hundred, and a message costs far more than an increment. A single increment is sent in the context of its request.
 * A merged call belongs to none of its requests, so that a request that is cancelled does not cancel the others. A
 * request with a key of its client is sent as it is.
 */
@Injectable()
export class IncrementBatcher implements Pick<CountersServiceImplementation, 'increment' | 'batchIncrement'> {
  private waiting: Waiting[] = [];

  constructor(
    private readonly counters: CountersServiceClient,
    private readonly sender: IncrementSender,
    private readonly spans: Spans,
  ) {}

  increment(request: IncrementRequest): Promise<Counter> {
    if (request.idempotencyKey !== undefined) return this.counters.increment(request);
    const trace = this.spans.enabled ? RequestContext.current()?.trace : undefined;
    return new Promise((resolve, reject) => {
      if (this.waiting.length === 0) this.flushAfter(TURNS);
      this.waiting.push({ request, trace, resolve, reject });
      if (this.waiting.length === MAX_BATCH) this.flush();
    });
  }

  batchIncrement(request: BatchIncrementRequest): Promise<BatchIncrementResponse> {
    return request.idempotencyKey === undefined
      ? this.sender.many(request.items)
      : this.counters.batchIncrement(request);
  }

  private flushAfter(turns: number): void {
    setImmediate(() => (turns > 1 ? this.flushAfter(turns - 1) : this.flush()));
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
      const { items } = await this.sender.many(batch.map(({ request }) => request));
      for (const [index, waiting] of batch.entries()) settle(waiting, items[index]);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

function settle({ resolve, reject }: Waiting, item: IncrementOutcome | undefined): void {
  const outcome = item?.outcome;
  if (outcome?.$case === 'counter') resolve(outcome.value);
  else if (outcome) reject(fromRpcStatus(outcome.value));
  else reject(InternalError.because(new Error('an increment has no outcome')));
}
