import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DeadLettersServiceDefinition } from '@app/contracts';
import { type AppProcess, startApp } from '../../support/apps/app-process.js';
import { LIVE_HEAP_ENV, liveHeapBytes } from '../../support/apps/live-heap.js';
import { eventually } from '../../support/assertions/eventually.js';
import { GrpcCaller } from '../../support/network/grpc-caller.js';
import { byForm, LONG } from '../../support/assertions/form.js';
import { ScratchRabbitMq } from '../../support/servers/scratch-rabbitmq.js';
import { ScratchSchema } from '../../support/servers/scratch-schema.js';

const LETTERS = byForm({ full: 1_500, long: 100_000 });
const RATE = byForm({ full: 750, long: 2_000 });
const WITHIN_MS = LONG ? 900_000 : 90_000;
const { redriveMany } = DeadLettersServiceDefinition.methods;
/** The allowed growth of the live heap. It is exceeded by 200 bytes of each letter in the long form. */
const GROWTH = 16 * 1024 ** 2;

describe(`a worker that crashes while it redrives ${LETTERS} dead letters`, () => {
  let broker: ScratchRabbitMq;
  let schema: ScratchSchema;
  const started: AppProcess[] = [];

  const count = async (sql: string) =>
    Number((await schema.postgres.execute<{ n: string }>(`SELECT count(*) AS n FROM ${sql}`))[0]?.n);

  async function startWorker(): Promise<AppProcess> {
    const env = {
      ...schema.env,
      ...LIVE_HEAP_ENV,
      APP__RABBITMQ__URL: broker.url,
      APP__MESSAGING__RELAY__SOURCES: '[]',
      APP__DEAD_LETTERS__REDRIVE_RATE: String(RATE),
    };
    const app = await startApp('worker', { env });
    started.push(app);
    return app.ready();
  }

  beforeAll(async () => {
    [broker, schema] = await Promise.all([ScratchRabbitMq.start(), ScratchSchema.of('worker')]);
    await schema.postgres.execute(
      `INSERT INTO dead_letter
         (id, message_id, queue, type, reason, attempts, first_failed_at, dead_at, headers, payload, errors)
       SELECT gen_random_uuid(), gen_random_uuid(), 'task_queue', 'messages.submitted.v1', 'Error', 4, now(), now(),
         '{"x-attempt": 4}', '{"task":"mend"}', '[{"attempt":4,"at":"2026-03-01T00:00:00.000Z","reason":"Error"}]'
       FROM generate_series(1, $1)`,
      [LETTERS],
    );
  });

  afterAll(async () => {
    await Promise.all(started.map((app) => app.stop()));
    await Promise.all([schema.postgres.drop(), broker.remove()]);
  });

  it(
    'leaves the rest to the next worker, each has one effect, and the worker keeps no memory of them',
    async () => {
      const first = await startWorker();
      const caller = new GrpcCaller(first.port);
      let accepted = 0;
      const filter = {
        queue: 'task_queue',
        reason: 'Error',
        type: undefined,
        since: undefined,
        ids: undefined,
      };
      const accept = () => caller.call(redriveMany, { filter, limit: 10_000, actor: 'test', note: '' });
      for (let round = await accept(); round.count > 0; round = await accept()) accepted += round.count;
      caller.close();
      expect(accepted).toBe(LETTERS);
      await eventually(async () => expect(await count('task')).toBeGreaterThan(LETTERS / 10), {
        within: WITHIN_MS,
      });
      first.signal('SIGKILL');
      await first.exited;
      const left = await count(`dead_letter WHERE status = 'redriving'`);
      expect(left).toBeGreaterThan(0);
      const next = await startWorker();
      const idle = await liveHeapBytes(next);
      await eventually(async () => expect(await count('task')).toBeGreaterThan(LETTERS / 2), {
        within: WITHIN_MS,
      });
      const halfway = await liveHeapBytes(next);
      await eventually(async () => expect(await count('task')).toBe(LETTERS), {
        within: WITHIN_MS,
        every: 100,
      });
      expect(await count(`dead_letter WHERE status = 'redriven' AND redrives = 1`)).toBe(LETTERS);
      expect(await count('dead_letter_action')).toBe(LETTERS);
      expect(await count('dead_letter WHERE done_at IS NOT NULL')).toBe(LETTERS);
      await eventually(async () => expect(await count('outbox')).toBe(0));
      const end = await liveHeapBytes(next);
      expect(Math.max(halfway, end) - idle).toBeLessThan(GROWTH);
    },
    2 * WITHIN_MS,
  );
});
