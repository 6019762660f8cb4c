import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { LONG } from '../../support/assertions/form.js';
import { CountersFixture, DRAIN_INTERVAL_MS } from './counters-fixture.js';
import { CountingClients } from './counting-clients.js';

/** Polls a counter, and records each value that is less than PostgreSQL had before. */
class Watch {
  readonly wrong: string[] = [];
  private stopped = false;
  private readonly running: Promise<void>;

  constructor(
    private readonly fixture: CountersFixture,
    private readonly counter: string,
  ) {
    this.running = this.run();
  }

  async stop(): Promise<string[]> {
    this.stopped = true;
    await this.running;
    return this.wrong;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const drained = (await this.fixture.ledger()).get(this.counter) ?? 0;
      const value = await this.fixture.read(this.counter);
      if (value !== undefined && value < drained)
        this.wrong.push(`${value}, though ${drained} had been drained`);
    }
  }
}

describe('counters on two grpc-servers, when Redis loses its data', () => {
  let fixture: CountersFixture;
  let counters: string[];
  let load: CountingClients;
  let watch: Watch;

  /** Expects that each counter lost at most the increments of a drain interval before `from`, and has none twice. */
  async function expectBoundedLoss(from: number, until: number): Promise<void> {
    await load.stop();
    expect(await watch.stop()).toEqual([]);
    expect([...load.failures.keys()].filter((failure) => !failure.startsWith('503 '))).toEqual([]);
    for (const [counter, { acknowledged, perhapsUp }] of load.known) {
      const value = await eventually(async () => {
        const answer = await fixture.read(counter);
        if (answer === undefined) throw new Error('not answered');
        return answer;
      });
      const mayBeLost = load.sumBetween(counter, from - DRAIN_INTERVAL_MS, until);
      expect(value).toBeGreaterThanOrEqual(acknowledged - mayBeLost);
      expect(value).toBeLessThanOrEqual(acknowledged + perhapsUp);
    }
    await fixture.drained();
    for (const counter of counters)
      await eventually(async () =>
        expect(await fixture.read(counter)).toBe((await fixture.ledger()).get(counter)),
      );
  }

  const afterMore = (increments: number) => load.reaches(load.counted + increments);
  /** Waits for two drains. */
  const afterDrains = async () => {
    for (let drain = 0; drain < 2; drain++) {
      const before = (await fixture.ledger()).get(counters[0] ?? '') ?? 0;
      await eventually(async () =>
        expect((await fixture.ledger()).get(counters[0] ?? '')).toBeGreaterThan(before),
      );
    }
  };

  beforeAll(async () => {
    fixture = await CountersFixture.start({ replicas: 2 });
  });

  beforeEach(async () => {
    counters = Array.from({ length: 3 }, () => randomUUID());
    load = new CountingClients(fixture.gateway.http, {
      counterType: fixture.name,
      counters,
      clients: 6,
      delta: () => 1,
      batch: (n) => (n % 3 === 0 ? 10 : 1),
      // Without a limit the clients take all processors while the test waits for a drain.
    });
    watch = new Watch(fixture, counters[0] ?? '');
    await afterMore(100);
    await afterDrains();
  });

  afterEach(async () => {
    await Promise.all([load.stop(), watch.stop()]);
  });

  afterAll(() => fixture.close());

  it('continue from the drained values when it returns with an older state', async () => {
    await fixture.saveRedis();
    await afterDrains();
    const from = performance.now();
    await fixture.killRedis('older');
    await afterMore(200);
    await expectBoundedLoss(from, from);
  });

  it('continue when it returns with an older state and a grpc-server crashes with it', async () => {
    await fixture.saveRedis();
    await afterDrains();
    const from = performance.now();
    await Promise.all([fixture.killRedis('older'), fixture.killServer(0)]);
    await afterMore(200);
    await expectBoundedLoss(from, from);
  });

  it('are 503 while PostgreSQL is unavailable as well, and then have correct values', async () => {
    fixture.toPostgres.cut();
    const from = performance.now();
    await fixture.killRedis('empty');
    const [counter = ''] = counters;
    await eventually(async () => {
      const { status, headers } = await fixture.gateway.http.get(
        `/api/v1/counter/${counter}/${fixture.name}`,
      );
      expect([status, headers['retry-after']]).toEqual([503, expect.any(String)]);
    });
    fixture.toPostgres.restore();
    await afterMore(200);
    await expectBoundedLoss(from, from);
  });

  (LONG ? describe : describe.skip)('for longer', () => {
    it('continue from the drained values when it is emptied', async () => {
      const client = fixture.redis.client();
      const [from] = [performance.now(), await client.flushall()];
      const until = performance.now();
      client.disconnect();
      await afterMore(200);
      await expectBoundedLoss(from, until);
    });

    it('continue through twenty losses and rollbacks in sequence', async () => {
      let allowed = 0;
      for (let round = 0; round < 20; round++) {
        const [counter = ''] = counters;
        await fixture.saveRedis();
        if (round % 2) await afterDrains();
        const at = performance.now();
        allowed += load.sumBetween(counter, at - DRAIN_INTERVAL_MS, at);
        await (round % 3 === 0 ? fixture.killRedis('empty') : fixture.killRedis('older'));
        if (round % 4 === 0) await fixture.killServer(round % 8 ? 1 : 0);
        await afterMore(300);
      }
      await load.stop();
      expect(await watch.stop()).toEqual([]);
      const { acknowledged = 0, perhapsUp = 0 } = load.known.get(counters[0] ?? '') ?? {};
      const value = await fixture.read(counters[0] ?? '');
      expect(value).toBeGreaterThanOrEqual(acknowledged - allowed);
      expect(value).toBeLessThanOrEqual(acknowledged + perhapsUp);
    }, 300_000);
  });
});
