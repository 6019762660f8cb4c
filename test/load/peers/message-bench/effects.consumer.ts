import type { QueueDefinition } from '@app/contracts';
import { Consume } from '@app/messaging';
import { TransactionHost } from '@app/postgres';
import { Controller, Inject, type Type } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';

/** One row for each message, in the transaction of its inbox row. */
export function effectsConsumer(queue: QueueDefinition): Type {
  @Controller()
  class EffectsConsumer {
    constructor(@Inject(TransactionHost) private readonly transactions: TransactionHost) {}

    @Consume({ queue, batch: { size: 200, wait: '10ms' }, concurrency: 3 })
    async onMessages(@Payload() payloads: readonly { n: number }[]): Promise<void> {
      await this.transactions.query('INSERT INTO effect (n) SELECT unnest($1::integer[])', [
        payloads.map(({ n }) => n),
      ]);
    }
  }
  return EffectsConsumer;
}
