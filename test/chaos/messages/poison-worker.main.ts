import { bootstrap } from '@app/bootstrap';
import { defineQueue, type Delay } from '@app/contracts';
import { Consume, ConsumerModule, MessageContext } from '@app/messaging';
import { PostgresModule, TransactionHost } from '@app/postgres';
import { RabbitMqModule } from '@app/rabbitmq';
import { Controller, Inject, Module, type Type } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { z } from 'zod';

/**
 * A worker whose handlers follow the instruction in each message. The variable QUEUES has the name of each queue, with
 * the deadline of its handler.
 */
const { QUEUES = '[]', LADDER = '[]' } = process.env;
const queues = Object.entries(JSON.parse(QUEUES) as Record<string, Delay>);
const retry = JSON.parse(LADDER) as Delay[];
const schema = z.object({ number: z.int(), act: z.enum(['work', 'throw', 'hang', 'exit']) });

function consumerOf(name: string, deadline: Delay): Type {
  @Controller()
  class PoisonConsumer {
    constructor(@Inject(TransactionHost) private readonly transactions: TransactionHost) {}

    @Consume({ queue: defineQueue({ name, retry }), schema, concurrency: 50, deadline })
    async onMessage(
      @Payload() { number, act }: z.output<typeof schema>,
      @Ctx() { message }: MessageContext,
    ): Promise<void> {
      await this.transactions.query('INSERT INTO effect VALUES ($1, $2)', [message.queue, number]);
      if (act === 'throw') throw new Error('no luck');
      if (act === 'hang') await new Promise(() => undefined);
      // Like a crash: without a drain, and without an acknowledgement.
      if (act === 'exit') process.exit(7);
    }
  }
  return PoisonConsumer;
}

@Module({
  imports: [PostgresModule.forRoot(), RabbitMqModule.forRoot(), ConsumerModule],
  controllers: queues.map(([name, deadline]) => consumerOf(name, deadline)),
})
class PoisonWorkerModule {}

await bootstrap(PoisonWorkerModule, { name: 'worker', transports: ['amqp'] });
