import { RequestContext, type TraceContext } from '@app/context';
import { Spans } from '@app/telemetry';
import { Injectable } from '@nestjs/common';

/** How many a batch is linked to at most. */
const MAX_PER_SHARD = 32;

/** The recorded traces whose increments wait in the journal of a shard, as far as this process has made them. */
@Injectable()
export class CounterOrigins {
  private readonly byShard = new Map<number, TraceContext[]>();

  constructor(private readonly spans: Spans) {}

  /** What runs here adds to the journal of this shard. */
  note(shard: number): void {
    const trace = this.spans.enabled ? RequestContext.current()?.trace : undefined;
    if (!trace?.sampled) return;
    const waiting = this.byShard.get(shard);
    if (!waiting) this.byShard.set(shard, [trace]);
    else if (waiting.length < MAX_PER_SHARD) waiting.push(trace);
  }

  /** Everything that was noted since it was last asked for. */
  take(shard: number): readonly TraceContext[] {
    const waiting = this.byShard.get(shard) ?? [];
    this.byShard.delete(shard);
    return waiting;
  }
}
