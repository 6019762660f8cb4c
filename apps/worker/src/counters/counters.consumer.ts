import { CountersIncremented, counterEvents, validateCountersIncremented } from '@app/contracts';
import { Consume, contractSchema } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { CounterRankingStore } from './counter-ranking.store.js';

/** Keeps the ranking up to date with what was counted. */
@Controller()
export class CountersConsumer {
  constructor(private readonly ranking: CounterRankingStore) {}

  @Consume({ queue: counterEvents, schema: contractSchema(CountersIncremented, validateCountersIncremented) })
  async onIncremented(event: CountersIncremented): Promise<void> {
    await this.ranking.add(event.deltas, event.occurredAt ?? new Date());
  }
}
