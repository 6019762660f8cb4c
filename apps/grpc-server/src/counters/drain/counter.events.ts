import { countersIncrementedEvent } from '@app/contracts';
import { EventOutbox } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import { keyOfField } from '../counter.key.js';
import type { ShardLedger } from './counter.ledger.store.js';

/** The most counters of one event. */
const DELTAS_PER_EVENT = 500;

/** Writes `counters.incremented.v1` to the outbox, in the transaction that changes the counters. */
@Injectable()
export class CounterEvents {
  constructor(private readonly outbox: EventOutbox) {}

  async add(shard: number, ledger: ShardLedger, deltas: ReadonlyMap<string, string>): Promise<void> {
    const entries = [...deltas].map(([field, delta]) => ({ ...keyOfField(field), delta: Number(delta) }));
    for (let start = 0; start < entries.length; start += DELTAS_PER_EVENT) {
      const event = {
        shard,
        ...ledger,
        occurredAt: new Date(),
        deltas: entries.slice(start, start + DELTAS_PER_EVENT),
      };
      await this.outbox.add(countersIncrementedEvent.of(event));
    }
  }
}
