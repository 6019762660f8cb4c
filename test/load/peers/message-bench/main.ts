import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { ConsumerModule, newMessageId, RelayModule } from '@app/messaging';
import { ConfirmPublisher, RabbitMqModule } from '@app/rabbitmq';
import { connect } from 'amqplib';
import { ScratchBroker } from '../../../support/servers/scratch-broker.js';
import { ScratchWorker } from '../../../support/apps/scratch-worker.js';
import { effectsConsumer } from './effects.consumer.js';
import { rateOf } from './window.js';

const WINDOW = 1_000;
const MIB = 1 << 20;
const [count = 20_000, rounds = 3] = process.argv.slice(2).map(Number);

const broker = await ScratchBroker.create();
const [target, relayed] = [broker.queue([]), broker.queue([])];
const worker = await ScratchWorker.start({ imports: [ConsumerModule, RabbitMqModule.forFeature(target)] });
const publisher = worker.app.get(ConfirmPublisher);
const raw = await connect(broker.url);
const channel = await raw.createConfirmChannel();

/** The content that both variants send: the size of a small event, with the same properties. */
const content = Buffer.from(JSON.stringify({ text: 'x'.repeat(256 - 11) }));
const properties = () => ({
  messageId: newMessageId(),
  type: 'tests.happened.v1',
  contentType: 'application/json',
  timestamp: 1_760_000_000,
  headers: { 'x-attempt': 1, 'x-request-id': 'request-1' },
});
const sendRaw = () =>
  new Promise<void>((resolve, reject) =>
    channel.publish(
      '',
      target.name,
      content,
      { ...properties(), persistent: true, mandatory: true },
      (error) => (error ? reject(new Error('refused', { cause: error })) : resolve()),
    ),
  );
const send = () => publisher.publish({ ...properties(), queue: target.name, content });

/** The variants alternate in slices, so that other load on the machine affects both. */
const SLICES = 8;
const publishing: { raw: number; ours: number }[] = [];
for (let round = 0; round < rounds; round++) {
  const seconds = { raw: 0, ours: 0 };
  for (let slice = 0; slice < SLICES; slice++) {
    const turns = slice % 2 === round % 2 ? (['raw', 'ours'] as const) : (['ours', 'raw'] as const);
    for (const turn of turns)
      seconds[turn] +=
        count / SLICES / (await rateOf(count / SLICES, WINDOW, turn === 'raw' ? sendRaw : send));
    await broker.purge(target.name);
  }
  publishing.push({ raw: count / seconds.raw, ours: count / seconds.ours });
}

const until = async (isDone: () => Promise<boolean>) => {
  while (!(await isDone())) await delay(20);
};

const consuming: number[] = [];
for (let round = 0; round < rounds; round++) {
  const effects = broker.queue([]);
  const consumer = await ScratchWorker.start({
    imports: [ConsumerModule, RabbitMqModule.forFeature(effects)],
    controllers: [effectsConsumer(effects)],
  });
  await consumer.postgres.execute('CREATE TABLE effect (n integer)');
  await rateOf(count, WINDOW, (n) =>
    publisher.publish({ ...properties(), queue: effects.name, content: Buffer.from(JSON.stringify({ n })) }),
  );
  const started = performance.now();
  await consumer.consume();
  await until(async () => {
    const [row] = await consumer.postgres.execute<{ n: number }>('SELECT count(*)::int AS n FROM effect');
    return row?.n === count;
  });
  consuming.push((count / (performance.now() - started)) * 1000);
  await consumer.stop();
}
const memory = { before: process.memoryUsage().rss / MIB, after: 0 };

const relay = await ScratchWorker.start({
  imports: [RelayModule, RabbitMqModule.forFeature(relayed)],
  environment: { APP__MESSAGING__RELAY__SOURCES: '[]', APP__MESSAGING__RELAY__POLL_INTERVAL: '50ms' },
});
await relay.app.listen(0, '127.0.0.1');
const relaying: Record<'without a key' | 'of 100 keys', number[]> = {
  'without a key': [],
  'of 100 keys': [],
};
for (let round = 0; round < rounds; round++)
  for (const [line, rates] of Object.entries(relaying)) {
    const key = line === 'without a key' ? 'NULL' : `'key ' || n % 100`;
    await relay.postgres.execute(
      `INSERT INTO outbox (message_id, queue, type, aggregate_key, headers, payload)
       SELECT gen_random_uuid(), $1, 'tests.happened.v1', ${key}, '{"x-attempt": 1}', $2 FROM generate_series(1, $3) AS n`,
      [relayed.name, content, count],
    );
    const started = performance.now();
    await until(async () => (await relay.postgres.execute('SELECT FROM outbox LIMIT 1')).length === 0);
    rates.push((count / (performance.now() - started)) * 1000);
    await broker.purge(relayed.name);
  }
memory.after = process.memoryUsage().rss / MIB;

process.stdout.write(`${JSON.stringify({ publishing, consuming, relaying, memory })}\n`);
await relay.stop();
await worker.stop();
await raw.close();
await broker.drop();
await once(process.stdout.end(), 'close').catch(() => undefined);
process.exit(0);
