import { EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { deadlineIn } from './deadline.js';
import { RequestContext } from './request-context.js';

const WORKS = 1000;

/** Ways to wait, each of which could lose the context. */
const waits: readonly ((at: number) => Promise<unknown>)[] = [
  () => Promise.resolve(),
  () => turn(),
  (at) => delay(at % 7),
  () => new Promise<void>((resolve) => process.nextTick(resolve)),
  () => new Promise<void>((resolve) => queueMicrotask(resolve)),
  async () => {
    const events = new EventEmitter();
    setImmediate(() => events.emit('done'));
    await once(events, 'done');
  },
  () =>
    pipeline(Readable.from(['a', 'b']), async (source) => {
      for await (const _chunk of source) await turn();
    }),
];

describe('a thousand concurrent requests', () => {
  it('each have their own context after every wait', async () => {
    // Plain comparisons, because an `expect` for each of them would take most of the test's time.
    const strays = new Set<string>();
    const look = (at: number, where: string, isOwn: boolean) => isOwn || strays.add(`work ${at} ${where}`);
    const work = async (at: number) => {
      const context = new RequestContext({ entry: 'http', operation: '/', requestId: `work-${at}` });
      await context.run(async () => {
        for (let step = 0; step < waits.length; step++) {
          await waits[(at + step) % waits.length]?.(at);
          look(at, `after wait ${step}`, RequestContext.current() === context);
          const transaction = `transaction of ${at}`;
          const fork = context.fork({ transaction, deadline: deadlineIn(1000) });
          await fork.run(async () => {
            await waits[(at + step + 1) % waits.length]?.(at);
            const current = RequestContext.current();
            look(
              at,
              `in fork ${step}`,
              current?.transaction === transaction && current.requestId === `work-${at}`,
            );
          });
          look(at, `after fork ${step}`, RequestContext.current()?.transaction === undefined);
          looks += 3;
        }
      });
    };
    let looks = 0;
    await Promise.all(Array.from({ length: WORKS }, (_, at) => work(at)));
    expect([...strays]).toEqual([]);
    expect(looks).toBe(WORKS * waits.length * 3);
    expect(RequestContext.current()).toBeUndefined();
  });

  it('do not share principals and operations', async () => {
    const contexts = Array.from({ length: WORKS }, (_, at) => {
      const context = new RequestContext({ entry: 'grpc', operation: 'unknown' });
      return context.run(async () => {
        await turn();
        const current = RequestContext.current();
        if (current)
          Object.assign(current, { principal: { id: `user-${at}`, roles: [] }, operation: `rpc-${at}` });
        await delay(at % 5);
        return RequestContext.current();
      });
    });
    const seen = (await Promise.all(contexts)).map((context) => [context?.principal?.id, context?.operation]);
    expect(seen).toEqual(contexts.map((_, at) => [`user-${at}`, `rpc-${at}`]));
  });
});
