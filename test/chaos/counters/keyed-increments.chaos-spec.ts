import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { byForm, FULL } from '../../support/assertions/form.js';
import { CountersFixture } from './counters-fixture.js';

const INCREMENTS = byForm({ short: 150, full: 300, long: 1000 });
const CLIENTS = 10;
const PAUSE_AFTER_FAILURE_MS = 50;
const REPETITIONS = 400;

describe(`${INCREMENTS} increments with keys, each repeated until it is answered`, () => {
  let fixture: CountersFixture;

  async function count(agent: Agent, id: string): Promise<void> {
    const body = { resource_id: id, counter_type: fixture.name };
    const headers = { 'idempotency-key': randomUUID() };
    for (let sent = 0; sent < REPETITIONS; sent++) {
      const reply = await fixture.gateway.http
        .post('/api/v1/counter/increment', body, { agent, headers })
        .catch(() => undefined);
      if (reply?.status === 200) return;
      await delay(PAUSE_AFTER_FAILURE_MS);
    }
    throw new Error(`an increment was not answered in ${REPETITIONS} times`);
  }

  /** Counts from all clients, and runs `fault` after a third. */
  async function countThrough(id: string, fault: () => Promise<void>): Promise<void> {
    let left = INCREMENTS;
    let broken: Promise<void> | undefined;
    const client = async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      while (left > 0) {
        left -= 1;
        if (left < (INCREMENTS * 2) / 3) broken ??= fault();
        await count(agent, id);
      }
      agent.destroy();
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    await broken;
  }

  beforeAll(async () => {
    fixture = await CountersFixture.start();
  });

  afterAll(() => fixture.close());

  const faults: readonly (readonly [string, () => Promise<void>])[] = [
    ['the connections to Redis are cut', async () => fixture.cutRedis()],
    ...(FULL ? [['the grpc-server is killed', () => fixture.killServer()] as const] : []),
  ];

  it.each(faults)(
    'count exactly once when %s',
    async (_what, fault) => {
      const id = randomUUID();
      await countThrough(id, fault);
      expect(await fixture.read(id)).toBe(INCREMENTS);
      await fixture.drained();
      expect((await fixture.ledger()).get(id)).toBe(INCREMENTS);
    },
    120_000,
  );
});
