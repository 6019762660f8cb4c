import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DependenciesServiceDefinition } from '@app/contracts';
import { type AppProcess, startApp } from '../../support/apps/app-process.js';
import { eventually } from '../../support/assertions/eventually.js';
import { byForm, FULL } from '../../support/assertions/form.js';
import { GrpcCaller } from '../../support/network/grpc-caller.js';
import { ScratchSchema } from '../../support/servers/scratch-schema.js';
import { SteadyCalls, unexpectedCalls } from '../../support/network/steady-calls.js';
import { SlowWorker } from './slow-worker.js';

const RATE = byForm({ short: 100, full: 500 });
const EVERY_SECOND = JSON.stringify({ 'messages.purge': { cron: '* * * * * *', deadline: '50s' } });
const { list } = DependenciesServiceDefinition.methods;

describe('a cron server that stops while a job runs', () => {
  let schema: ScratchSchema;
  let worker: SlowWorker;
  let cron: AppProcess;

  beforeEach(async () => {
    [schema, worker] = await Promise.all([ScratchSchema.of('cron-server'), SlowWorker.start()]);
  });

  afterEach(async () => {
    await cron.stop();
    worker.stop();
    await schema.postgres.drop();
  });

  async function start(env: Record<string, string> = {}): Promise<void> {
    cron = await startApp('cron-server', {
      env: {
        ...schema.env,
        APP__UPSTREAMS__WORKER__ADDRESS: `127.0.0.1:${worker.port}`,
        APP__RESILIENCE__POLICIES__WORKER__ATTEMPT_TIMEOUT: '50s',
        APP__RESILIENCE__POLICIES__WORKER__TOTAL_TIMEOUT: '50s',
        APP__SCHEDULING__JOBS: EVERY_SECOND,
        ...env,
      },
    });
    await cron.ready();
    await eventually(() => expect(worker.waiting).toBe(1));
  }

  const runs = () =>
    schema.postgres.execute<{ outcome: string | null }>('SELECT outcome FROM job_run ORDER BY scheduled_at');

  it(`completes and records the run under ${RATE} calls per second, refuses new ones, and exits with 0`, async () => {
    await start({ APP__LIFECYCLE__DRAIN_WAIT: '1s' });
    const caller = new GrpcCaller(cron.port);
    const streams = [caller.watch(), caller.reflect()];
    const [watch] = streams;
    const load = new SteadyCalls(cron.port, (client) => client.call(list, {}), { rate: RATE });
    await eventually(() => expect(load.succeeded).toBeGreaterThan(RATE / 2));
    cron.signal('SIGTERM');
    await eventually(() =>
      expect(cron.log.lines()).toContainEqual(expect.objectContaining({ phase: 'stopIntake' })),
    );
    expect(load.failures.filter((failure) => !failure.includes('shutting down'))).toEqual([]);
    await expect(caller.call(list, {})).rejects.toMatchObject({
      code: 14,
      details: expect.stringMatching(/shutting down/),
    });
    expect(watch?.messages.map((message) => message.at(-1))).toEqual([1, 2]);
    worker.answer();
    expect(await cron.exited).toEqual({ code: 0, signal: null });
    await Promise.all(streams.map(({ ended }) => ended));
    await load.stop();
    caller.close();
    expect(unexpectedCalls(load.failures)).toEqual([]);
    expect(cron.log.errors()).toEqual([]);
    expect(await runs()).toEqual([{ outcome: 'succeeded' }]);
    expect(worker.answered).toBe(1);
  });

  /** In the short form a gateway gives up on a request. */
  (FULL ? describe : describe.skip)('in the full form', () => {
    it('gives up on a job that never ends by its deadline, names it, and exits with 1', async () => {
      await start({ APP__LIFECYCLE__SHUTDOWN_TIMEOUT: '2s' });
      const signalledAt = performance.now();
      cron.signal('SIGTERM');
      expect(await cron.exited).toEqual({ code: 1, signal: null });
      expect(performance.now() - signalledAt).toBeLessThan(4_000);
      expect(cron.log.errors().at(-1)?.msg).toMatch(
        /left behind: .*scheduler: messages\.purge \(for \d+ ms\)/,
      );
      expect(await runs()).toEqual([{ outcome: null }]);
    });
  });
});
