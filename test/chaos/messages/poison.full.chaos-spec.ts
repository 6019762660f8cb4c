import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Delay } from '@app/contracts';
import { type AppProcess, type Exit, startApp } from '../../support/apps/app-process.js';
import { buildProgram } from '../../support/apps/build-program.js';
import { eventually } from '../../support/assertions/eventually.js';
import { LONG } from '../../support/assertions/form.js';
import { ScratchBroker } from '../../support/servers/scratch-broker.js';
import { ScratchSchema } from '../../support/servers/scratch-schema.js';

const INNOCENT = 500;
/** The deadline of the handler that hangs. */
const HANG_MS = 1_500;
/** No handler that ends by itself passes it, even on a busy machine. */
const DEADLINE_MS = 30_000;
const LADDER_S = LONG ? [1, 5, 30] : [3, 4];
const LADDER = LADDER_S.map((seconds): Delay => `${seconds}s`);
const TOLERANCE = 0.2;
/** The broker's delivery limit of the quarantine, plus the delivery that exceeds it. */
const QUARANTINE_DELIVERIES = 4;
const WITHIN = { within: 30_000 + LADDER_S.reduce((sum, seconds) => sum + 1_000 * seconds), every: 100 };

interface Letter {
  reason: string;
  attempts: number;
  errors: { attempt: number; at: string; reason: string; message: string; details?: object }[];
}

describe(`among ${INNOCENT} innocent messages with a prefetch of 50, a message`, () => {
  const processes: AppProcess[] = [];
  const exits: Exit[] = [];
  let broker: ScratchBroker;
  let schema: ScratchSchema;
  let main: string;
  let stopped = false;
  let supervisor: Promise<void> | undefined;
  const queues = new Map<string, string>();

  const start = async (kinds: readonly string[]): Promise<AppProcess> => {
    const deadlineOf = (kind: string): Delay => `${kind === 'hang' ? HANG_MS : DEADLINE_MS}ms`;
    const deadlines = Object.fromEntries(kinds.map((kind) => [queueOf(kind), deadlineOf(kind)]));
    const queueEnv = { QUEUES: JSON.stringify(deadlines), LADDER: JSON.stringify(LADDER) };
    const env = { ...schema.env, APP__POSTGRES__POOL_SIZE: '20', ...queueEnv };
    const app = await startApp('worker', { main, env });
    processes.push(app);
    return app;
  };
  /** Restarts the process whenever it has ended, like every platform. */
  const supervise = async (kind: string): Promise<void> => {
    while (!stopped) {
      const exit = await (await start([kind])).exited;
      if (!stopped) exits.push(exit);
    }
  };
  const queueOf = (kind: string) => queues.get(kind) ?? '';
  const send = (kind: string, poison: object) => {
    for (let number = 1; number <= INNOCENT; number++) {
      broker.send(queueOf(kind), JSON.stringify({ number, act: 'work' }), { messageId: randomUUID() });
      if (number === INNOCENT / 2)
        broker.send(queueOf(kind), JSON.stringify(poison), { messageId: randomUUID() });
    }
  };
  const letterOf = (kind: string): Promise<Letter> =>
    eventually(async () => {
      const sql = 'SELECT reason, attempts, errors FROM dead_letter WHERE queue = $1';
      const letters = await schema.postgres.execute<Letter & Record<string, unknown>>(sql, [queueOf(kind)]);
      const [letter, ...more] = letters;
      if (!letter || more.length > 0) throw new Error(`there are ${letters.length} dead letters`);
      return letter;
    }, WITHIN);
  const expectInnocentDone = (kind: string) =>
    eventually(async () => {
      const sql = 'SELECT number FROM effect WHERE queue = $1 ORDER BY number';
      const rows = await schema.postgres.execute<{ number: number }>(sql, [queueOf(kind)]);
      expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: INNOCENT }, (_, i) => i + 1));
    }, WITHIN);
  /** When the last innocent message of the queue had its effect, by the database's clock, in milliseconds. */
  const innocentDoneAt = async (kind: string): Promise<number> => {
    const sql = 'SELECT max(at) AS at FROM effect WHERE queue = $1';
    const [row] = await schema.postgres.execute<{ at: Date }>(sql, [queueOf(kind)]);
    return row?.at.getTime() ?? Number.NaN;
  };
  const failedAt = ({ errors }: Letter): number[] => errors.map(({ at }) => Date.parse(at));

  beforeAll(async () => {
    [main, broker, schema] = await Promise.all([
      buildProgram('test/chaos/messages/poison-worker.main.ts'),
      ScratchBroker.create(),
      ScratchSchema.of('worker'),
    ]);
    await schema.postgres.execute(`
      CREATE TABLE effect (queue text, number integer, at timestamptz DEFAULT clock_timestamp())`);
    for (const kind of ['payload', 'throw', 'hang', 'exit']) queues.set(kind, broker.queue(LADDER).name);
    const steady = await start(['payload', 'throw', 'hang']);
    supervisor = supervise('exit');
    await Promise.all([steady.ready(), broker.awaitQueue(queueOf('exit'))]);
    send('payload', { number: 'not a number', act: 'work' });
    for (const kind of ['throw', 'hang', 'exit']) send(kind, { number: 0, act: kind });
  });

  afterAll(async () => {
    stopped = true;
    await Promise.all(processes.map((app) => app.stop()));
    await supervisor;
    await schema.postgres.drop();
    await broker.drop();
    await rm(dirname(main), { recursive: true });
  });

  it('of the wrong shape becomes a dead letter at once, with its faults', async () => {
    expect(await letterOf('payload')).toMatchObject({
      reason: 'VALIDATION_FAILED',
      attempts: 1,
      errors: [{ details: { issues: [{ path: 'number' }] } }],
    });
    await expectInnocentDone('payload');
  });

  it.each([
    ['whose handler throws', 'throw', 'Error', 0],
    ['whose handler hangs', 'hang', 'DEADLINE_EXCEEDED', HANG_MS],
  ])(
    '%s becomes a dead letter after all attempts, each at its time',
    async (_case, kind, reason, handledMs) => {
      const letter = await letterOf(kind);
      const attempts = LADDER.length + 1;
      expect(letter).toMatchObject({ reason, attempts });
      expect(letter.errors).toMatchObject(
        Array.from({ length: attempts }, (_, index) => ({ attempt: index + 1, reason })),
      );
      await expectInnocentDone(kind);
      // After its delay, the message is at the end of its queue, behind the innocent ones that still wait there.
      const queueEmptyAt = await innocentDoneAt(kind);
      const failed = failedAt(letter);
      for (const [index, seconds] of LADDER_S.entries()) {
        const delayMs = seconds * 1_000;
        const before = failed[index] ?? Number.NaN;
        const attemptAt = (failed[index + 1] ?? Number.NaN) - handledMs;
        expect(attemptAt).toBeGreaterThan(before + delayMs * (1 - TOLERANCE));
        expect(attemptAt).toBeLessThan(Math.max(before + delayMs, queueEmptyAt) + delayMs * TOLERANCE);
      }
    },
  );

  /** In the short form the integration spec of the quarantine simulates the crashes. */
  it('whose handler crashes the process is quarantined and given up alone', async () => {
    expect(await letterOf('exit')).toMatchObject({ reason: 'DELIVERY_LIMIT' });
    expect(exits.every(({ code }) => code === 7)).toBe(true);
    // Twice among the others; then alone, up to the broker's delivery limit.
    expect(exits).toHaveLength(2 + QUARANTINE_DELIVERIES);
    await expectInnocentDone('exit');
  });
});
