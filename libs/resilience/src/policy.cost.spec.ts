import { deadlineIn, RequestContext } from '@app/context';
import { describe, expect, it } from '@jest/globals';
import { givenResilience } from './resilience.support.js';

const ROUNDS = 300;
const CALLS = 500;
/** Measured: about 3 µs; all five cockatiel policies around a call cost 32 µs. The limit allows for slow machines. */
const GATE_US = 15;

/** Microseconds per call in the fastest of many rounds, because other processes can only slow a round down. */
async function cost(call: () => Promise<unknown>): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    for (let count = 0; count < CALLS; count++) await call();
    best = Math.min(best, performance.now() - started);
  }
  return (best / CALLS) * 1_000;
}

describe('a call through a closed policy', () => {
  const work = () => Promise.resolve();
  const { resilience } = givenResilience();
  const policy = resilience.policy('worker');
  const inContext = <T>(call: () => T): T =>
    new RequestContext({ entry: 'http', operation: 'GET /orders', deadline: deadlineIn(30_000) }).run(call);

  it.each([
    ['outside a context', () => policy.run(work), work],
    ['in a context with a deadline', () => inContext(() => policy.run(work)), () => inContext(work)],
  ])('costs a few microseconds %s', async (where, through, bare) => {
    const extra = (await cost(through)) - (await cost(bare));
    process.stdout.write(`a call through a closed policy ${where}: ${extra.toFixed(2)} µs\n`);
    expect(extra).toBeLessThan(GATE_US);
  });
});
