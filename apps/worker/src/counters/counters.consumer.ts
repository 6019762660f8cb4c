import { CountersIncremented, counterEvents, validateCountersIncremented } from '@app/contracts';
import { Consume, contractSchema } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { CounterRankingStore } from './counter-ranking.store.js';

/** Updates the ranking from the events of the counters. */
@Controller()
export class CountersConsumer {
  constructor(private readonly ranking: CounterRankingStore) {}

  @Consume({
    queue: counterEvents,
    schema: contractSchema(CountersIncremented, validateCountersIncremented),
    batch: { size: 100, wait: '20ms' },
  })
  async onIncremented(events: readonly CountersIncremented[]): Promise<void> {
    await this.ranking.add(
      events.flatMap(({ deltas, occurredAt: at = new Date() }) => deltas.map((delta) => ({ ...delta, at }))),
    );
  }
}
