import { RequestContext, type TraceContext } from '@app/context';
import { Spans } from '@app/telemetry';
import { Injectable } from '@nestjs/common';

/** The most traces to which a batch is linked. */
const MAX_PER_SHARD = 32;

/** The recorded traces of this process whose increments are pending in the journal of a shard. */
@Injectable()
export class CounterOrigins {
  private readonly byShard = new Map<number, TraceContext[]>();

  constructor(private readonly spans: Spans) {}

  /** Records that the current trace adds to the journal of this shard. */
  note(shard: number): void {
    const trace = this.spans.enabled ? RequestContext.current()?.trace : undefined;
    if (!trace?.sampled) return;
    const waiting = this.byShard.get(shard);
    if (!waiting) this.byShard.set(shard, [trace]);
    else if (waiting.length < MAX_PER_SHARD) waiting.push(trace);
  }

  /** Returns and clears the recorded traces of a shard. */
  take(shard: number): readonly TraceContext[] {
    const waiting = this.byShard.get(shard) ?? [];
    this.byShard.delete(shard);
    return waiting;
  }
}
