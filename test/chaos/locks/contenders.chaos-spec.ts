import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { collectFeatures, Migrator } from '@app/postgres';
import { LocksModule } from '@app/locks';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { eventually } from '../../support/assertions/eventually.js';
import { byForm } from '../../support/assertions/form.js';
import { ScratchPostgres } from '../../support/servers/scratch-postgres.js';

const SUPPORT = resolve(import.meta.dirname, '..', '..', 'support', 'apps');
const PROCESSES = byForm({ short: 2, full: 3, long: 5 });
const CONTENDERS = Math.ceil(50 / PROCESSES);
const ROUNDS = byForm({ short: 1, full: 1, long: 10 });
const TTL_MS = 600;
/** Errors of a stopped process that continues: its session was ended, or its lease has expired. */
const OF_THE_STOPPED = /UPSTREAM_UNAVAILABLE|OUTCOME_UNKNOWN|LEASE_LOST|TRANSACTION/;

interface Report {
  event: string;
  contender: number;
  pid: number;
  at: number;
}

describe(`fifty contenders in ${PROCESSES} processes`, () => {
  let postgres: ScratchPostgres;
  let children: ChildProcess[] = [];
  const reports: Report[] = [];

  const start = async (): Promise<ChildProcess> => {
    const child = fork(resolve(SUPPORT, 'lock-contender.ts'), {
      execArgv: ['--no-warnings', '--import', resolve(SUPPORT, 'typescript-process.js')],
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        APP_ENV: 'test',
        APP__POSTGRES__SCHEMA: postgres.schema,
        APP__LOCKS__SCHEMA: postgres.schema,
        // A process that is stopped during a fenced transaction blocks the others for this time.
        APP__POSTGRES__IDLE_IN_TRANSACTION_TIMEOUT: '2s',
        NAME: 'contested',
        TTL: String(TTL_MS),
        CONTENDERS: String(CONTENDERS),
      },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('message', (message) => reports.push(message as Report));
    children.push(child);
    await once(child, 'spawn');
    return child;
  };
  const holder = () => {
    const last = reports.findLast(({ event }) => event === 'entered' || event === 'left');
    const child = children.find(({ pid }) => pid === last?.pid);
    if (last?.event !== 'entered' || !child) throw new Error('nobody is inside at the moment');
    return child;
  };
  const entries = () => reports.filter(({ event }) => event === 'entered').length;
  const goesOn = async () => {
    const before = entries();
    await eventually(() => expect(entries()).toBeGreaterThan(before + 3), { within: 15_000 });
  };

  beforeAll(async () => {
    Logger.overrideLogger(false);
    postgres = await ScratchPostgres.create();
    await new Migrator(
      postgres.config,
      await collectFeatures(LocksModule.forRoot({ owner: true })),
    ).migrate();
    await postgres.execute(
      'CREATE TABLE visit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, fence bigint, pid int, what text)',
    );
  });
  afterEach(async () => {
    const running = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    const ended = running.map((child) => once(child, 'exit'));
    for (const child of running) child.kill('SIGKILL');
    await Promise.all(ended);
    children = [];
    reports.length = 0;
  });
  afterAll(async () => {
    await postgres.drop();
  });

  it('write to a fenced store one at a time, even if holders are killed or stopped beyond their lease', async () => {
    await Promise.all(Array.from({ length: PROCESSES }, () => start()));
    await eventually(() => expect(new Set(reports.map(({ pid }) => pid)).size).toBe(PROCESSES), {
      within: 40_000,
    });
    const refused = () => reports.filter(({ event }) => event === 'refused').length;
    for (let round = 0; round < ROUNDS || (refused() === 0 && round < ROUNDS + 5); round++) {
      if (round > 0) await start();
      const zombie = await eventually(holder, { every: 1 });
      zombie.kill('SIGSTOP');
      await goesOn();
      zombie.kill('SIGCONT');
      (await eventually(holder, { every: 1 })).kill('SIGKILL');
      await goesOn();
    }
    expect(refused()).toBeGreaterThan(0);
    const visits = await postgres.execute<{ fence: string; what: string }>(
      'SELECT fence, what FROM visit ORDER BY id',
    );
    const fences = visits.map(({ fence }) => Number(fence));
    expect(fences).toEqual(fences.toSorted((a, b) => a - b));
    const failures = reports.filter(({ event }) => event.startsWith('failed') && !OF_THE_STOPPED.test(event));
    expect(failures).toEqual([]);
  }, 180_000);
});
