import { RequestContext } from '@app/context';
import { NoSpans } from '@app/telemetry';
import { describe, expect, it } from '@jest/globals';
import { CallMerger } from './call.merger.js';

function given(results = (requests: number[]): (number | Error | undefined)[] => requests) {
  const calls: { sent: number | number[]; inContext: boolean }[] = [];
  const record = (sent: number | number[]) => {
    calls.push({ sent, inContext: RequestContext.current() !== undefined });
  };
  const merger = new CallMerger<number, number>({
    spans: new NoSpans(),
    span: 'merged numbers',
    maxSize: 3,
    one: (request) => {
      record(request);
      return Promise.resolve(request);
    },
    many: (requests) => {
      record(requests);
      return Promise.resolve(results(requests));
    },
  });
  return { calls, merger };
}

describe('requests that arrive together', () => {
  it('are sent in one call, which belongs to none of them', async () => {
    const { calls, merger } = given();
    const context = new RequestContext({ entry: 'http', operation: 'test' });
    const replies = context.run(() => Promise.all([merger.call(1), merger.call(2)]));
    expect(await replies).toEqual([1, 2]);
    expect(calls).toEqual([{ sent: [1, 2], inContext: false }]);
  });

  it('may arrive in the next two turns of the event loop', async () => {
    const { calls, merger } = given();
    const replies: Promise<number>[] = [];
    for (const each of [1, 2, 3, 4]) {
      replies.push(merger.call(each));
      await new Promise(setImmediate);
    }
    await Promise.all(replies);
    expect(calls.map(({ sent }) => sent)).toEqual([[1, 2, 3], 4]);
  });

  it('are sent in the context of a single one', async () => {
    const { calls, merger } = given();
    await new RequestContext({ entry: 'http', operation: 'test' }).run(() => merger.call(1));
    expect(calls).toEqual([{ sent: 1, inContext: true }]);
  });

  it('are split when a call cannot hold them', async () => {
    const { calls, merger } = given();
    await Promise.all([1, 2, 3, 4, 5].map((each) => merger.call(each)));
    expect(calls.map(({ sent }) => sent)).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
  });

  it('fail separately, also without a result', async () => {
    const { merger } = given(() => [1, new Error('refused')]);
    const settled = await Promise.allSettled([1, 2, 3].map((each) => merger.call(each)));
    expect(settled).toMatchObject([
      { value: 1 },
      { reason: { message: 'refused' } },
      { reason: { reason: 'INTERNAL' } },
    ]);
  });

  it('fail together when their call fails', async () => {
    const { merger } = given(() => {
      throw new Error('unavailable');
    });
    const settled = await Promise.allSettled([1, 2].map((each) => merger.call(each)));
    for (const each of settled) expect(each).toMatchObject({ reason: { message: 'unavailable' } });
  });
});
