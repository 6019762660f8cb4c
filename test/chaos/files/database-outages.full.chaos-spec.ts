import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { byForm, LONG } from '../../support/assertions/form.js';
import { MetricsPage } from '../../support/assertions/metrics-page.js';
import { FilesServer, KEY } from './files-server.js';
import { DEADLINE_MS, RATE, SteadyLookups } from './steady-lookups.js';

/** How long PostgreSQL is unavailable, in milliseconds. */
const OUTAGE_MS = byForm({ full: 1_000, long: 10_000 });
/** The longest time until an outage, or its end, is reported. */
const NOTICED_MS = 3_000;
/** The longest time until work resumes after the outage. */
const RESUMED_MS = 3_000;
/** The delay that a busy machine may add to a deadline, beside the half second of a cancellation. */
const LATE_MS = 1_500;
/** The allowed growth of the process. It is young, and its space for young objects (64 MiB) still fills up. */
const GROWTH_MIB = 128;

interface Outage {
  begin(fixture: FilesServer): Promise<void> | void;
  end(fixture: FilesServer): Promise<void> | void;
}

const OUTAGES: Readonly<Record<string, Outage>> = {
  'is killed and started again': {
    begin: ({ postgres }) => postgres.kill(),
    end: ({ postgres }) => postgres.restart(),
  },
  'is stopped and goes on': {
    begin: ({ postgres }) => postgres.pause(),
    end: ({ postgres }) => postgres.resume(),
  },
  'is cut off': {
    begin: ({ network }) => network.cut(),
    end: ({ network }) => network.restore(),
  },
  ...(LONG && {
    'runs, but is unreachable for all packets': {
      begin: ({ network }: FilesServer) => network.stall(),
      end: ({ network }: FilesServer) => network.restore(),
    },
  }),
};

describe('a grpc-server under steady load, whose PostgreSQL', () => {
  let fixture: FilesServer;

  const readiness = async () => (await fixture.app.management.get('/readyz')).status;
  const residentMiB = () => {
    const [, kib = '0'] =
      /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${fixture.app.pid}/status`, 'utf8')) ?? [];
    return Number(kib) / 1024;
  };
  /** The server's own duration of each call, in milliseconds. */
  const durations = () =>
    [...fixture.app.log.text().matchAll(/"duration_ms":([\d.]+),"msg":"request"/g)].map(([, ms]) =>
      Number(ms),
    );
  const pool = async () => {
    const page = new MetricsPage((await fixture.app.management.get('/metrics')).text);
    const [busy, waiting] = ['busy', 'waiting'].map((state) => page.sum('sql_pool_connections', { state }));
    return { busy, waiting };
  };

  beforeAll(async () => {
    fixture = await FilesServer.start();
  });
  afterAll(() => fixture.stop());

  it.each(Object.entries(OUTAGES))(
    '%s: reports the correct state, fails in time and recovers by itself',
    async (_, outage) => {
      const load = new SteadyLookups(fixture.app.port, KEY);
      await eventually(() => expect(load.done.length).toBeGreaterThan(RATE / 2));
      const [before, sessions] = [residentMiB(), await fixture.sessions()];

      const begun = performance.now();
      await outage.begin(fixture);
      await eventually(async () => expect(await readiness()).toBe(503), { within: NOTICED_MS });
      await delay(Math.max(0, OUTAGE_MS - (performance.now() - begun)));
      await outage.end(fixture);
      const ended = performance.now();
      await eventually(async () => expect(await readiness()).toBe(200), { within: NOTICED_MS });
      await delay(Math.max(0, RESUMED_MS - (performance.now() - ended)));
      const recovered = performance.now();
      await delay(LONG ? 2_000 : 300);
      await load.stop();

      const answers = load.between(begun, recovered).map(({ status, message }) => `${status} ${message}`);
      expect(answers.filter((each) => !/^(OK|UNAVAILABLE|DEADLINE_EXCEEDED) /.test(each))).toEqual([]);
      expect(load.between(begun, ended).filter(({ status }) => status !== 'OK').length).toBeGreaterThan(0);
      expect(Math.max(...load.done.map(({ ms }) => ms))).toBeLessThan(DEADLINE_MS + LATE_MS);
      expect(Math.max(...durations())).toBeLessThan(DEADLINE_MS + LATE_MS);
      expect(load.between(recovered, Infinity).filter(({ status }) => status !== 'OK')).toEqual([]);
      await eventually(async () => expect(await pool()).toEqual({ busy: 0, waiting: 0 }));
      await eventually(async () =>
        expect(await fixture.sessions()).toBeLessThanOrEqual(Math.max(sessions, 10)),
      );
      expect(residentMiB() - before).toBeLessThan(GROWTH_MIB);
      expect(fixture.app.hasExited).toBe(false);
    },
  );
});
