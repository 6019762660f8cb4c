import { countersIncrementedEvent, type ValidCountersIncremented } from '@app/contracts';
import { Consume } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { CounterRankingStore } from './counter-ranking.store.js';

/** Updates the ranking from the events of the counters. */
@Controller()
export class CountersConsumer {
  constructor(private readonly ranking: CounterRankingStore) {}

  @Consume({ event: countersIncrementedEvent, batch: { size: 100, wait: '20ms' } })
  async onIncremented(events: readonly ValidCountersIncremented[]): Promise<void> {
    await this.ranking.add(
      events.flatMap(({ deltas, occurredAt: at }) => deltas.map((delta) => ({ ...delta, at }))),
    );
  }
}
