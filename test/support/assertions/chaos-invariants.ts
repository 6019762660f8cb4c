import { afterAll, afterEach, expect } from '@jest/globals';
import { type AppProcess, launched } from '../apps/app-process.js';
import { eventually } from './eventually.js';
import { askDatabase } from '../servers/running-postgres.js';

/** How long an app may take to recover from a failure of a test, in milliseconds. */
const RECOVERED_WITHIN_MS = 30_000;

interface Report {
  checks: Record<string, { status: string }>;
  notes?: { circuits?: Record<string, string> };
}

/** After each test, the running apps must have recovered by themselves from every failure. */
afterEach(async () => {
  const running = launched.filter(({ hasExited }) => !hasExited);
  await Promise.all(running.map(expectRecovered));
}, 2 * RECOVERED_WITHIN_MS);

/** After the last test, when its apps have stopped. */
afterAll(expectNothingLeftOpen);

function expectNothingLeftOpen(): void {
  const left = launched.flatMap(({ log }) => log.lines().filter((line) => line['left_open'] !== undefined));
  expect(left).toEqual([]);
}

async function expectRecovered(app: AppProcess): Promise<void> {
  await eventually(
    async () => {
      const found = app.hasExited ? {} : await findingsOf(app);
      expect({ app: app.name, ...found }).toEqual({ app: app.name });
    },
    { within: RECOVERED_WITHIN_MS, every: 100 },
  );
}

/** The violated invariants by name; empty when there are none. */
async function findingsOf(app: AppProcess): Promise<Record<string, unknown>> {
  const report = (await app.management.get('/readyz')).json<Report>();
  const consumers = report.checks['consumers'];
  const open = Object.entries(report.notes?.circuits ?? {}).filter(([, condition]) => condition === 'open');
  const acted = app.name === 'worker' ? await deadThoughDone(app) : [];
  return {
    ...(consumers !== undefined && consumers.status !== 'up' && { consumers }),
    ...(open.length > 0 && { open }),
    ...(acted.length > 0 && { deadThoughDone: acted }),
  };
}

/** Dead letters whose effect is in the database. */
function deadThoughDone({ environment }: AppProcess): Promise<{ message_id: string; queue: string }[]> {
  const sql = `SELECT message_id, queue FROM dead_letter JOIN inbox USING (message_id, queue) WHERE status = 'dead'`;
  return askDatabase('worker', sql, [], environment);
}
