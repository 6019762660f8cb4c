import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { FULL } from '../../support/assertions/form.js';
import { Replicas } from './replicas.js';

const LEASE_TTL_MS = 4_000;
const YEARLY = { 'chaos.run-once': {}, 'chaos.skip': { enabled: false } };

describe('a yearly job of the policy run-once whose process is killed', () => {
  let replicas: Replicas;

  const attempts = async () => (await replicas.visits()).map(({ attempt }) => attempt);
  const untilAttempts = (...expected: number[]) =>
    eventually(async () => expect(await attempts()).toEqual(expected), { within: LEASE_TTL_MS + 15_000 });

  beforeEach(async () => {
    replicas = await Replicas.create();
    // The last scheduled time has no run, so the first replica runs it.
    await replicas.postgres.execute(
      `INSERT INTO job_run (job, scheduled_at, started_at, finished_at, outcome, attempt, host, fence)
       VALUES ('chaos.run-once', '2020-01-01Z', now(), now(), 'succeeded', 1, 'x', 1)`,
    );
  });
  afterEach(() => replicas.remove());

  (FULL ? describe : describe.skip)('in the full form', () => {
    it('is attempted again when the lease ends, even if the process restarts after a second', async () => {
      const { child } = await replicas.start(YEARLY, { HOLD: '1' });
      await untilAttempts(1);
      await replicas.kill(child);
      await delay(1_000);
      const back = await replicas.start(YEARLY);
      await untilAttempts(1, 2);
      const [first, second] = await replicas.visits();
      expect(second?.scheduled_at).toEqual(first?.scheduled_at);
      expect(second?.pid).toBe(back.child.pid);
      await eventually(async () => {
        const records = await replicas.postgres.execute('SELECT outcome, attempt FROM job_run ORDER BY id');
        expect(records).toContainEqual({ outcome: 'succeeded', attempt: 2 });
      });
    });
  });

  it('is attempted again by another replica, within a second of the end of the lease', async () => {
    await Promise.all([replicas.start(YEARLY, { HOLD: '1' }), replicas.start(YEARLY, { HOLD: '1' })]);
    await untilAttempts(1);
    const [visit] = await replicas.visits();
    process.kill(visit?.pid ?? 0, 'SIGKILL');
    const [lease] = await replicas.postgres.execute<{ expires_at: Date }>('SELECT expires_at FROM lease');
    await untilAttempts(1, 2);
    const [, second] = await replicas.visits();
    const late = (second?.visited_at.getTime() ?? 0) - (lease?.expires_at.getTime() ?? Infinity);
    expect(late).toBeGreaterThan(0);
    expect(late).toBeLessThan(1_000);
    expect(second?.pid).not.toBe(visit?.pid);
  });
});
