import { PassThrough } from 'node:stream';
import { FairTurns, PacedTurns } from '@app/lifecycle';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { HttpRequestError } from '../http.errors.js';
import { BodyBudget } from './body-budget.js';
import { BodyCollector } from './body.collector.js';

function given({
  limit = 1 << 20,
  memory = 1 << 26,
  length,
}: Partial<Record<'limit' | 'memory' | 'length', number>> = {}) {
  const payload = new PassThrough();
  const budget = new BodyBudget(memory);
  const results: (string | undefined)[] = [];
  const whole = new Promise<string>((resolve, reject) => {
    const options = { budget, reading: new FairTurns(16), parsing: new PacedTurns(), limit, length };
    BodyCollector.collect(payload, options, (error, body) => {
      results.push(error instanceof HttpRequestError ? error.reason : undefined);
      if (error) reject(error);
      else resolve(String(body));
    });
  });
  whole.catch(() => undefined);
  return { payload, budget, whole, results };
}

describe('the collector of a body', () => {
  it.each([
    ['at once', undefined, ['abc']],
    ['at once, as its length says', 3, ['abc']],
    ['in pieces', undefined, ['a', 'bc', 'd'.repeat(5_000), 'e'.repeat(100_000), 'f']],
    ['in pieces of a known length', 5_003, ['a', 'bc', 'd'.repeat(5_000)]],
    ['not at all', 0, []],
  ])('passes on a body that comes %s', async (_how, length, pieces) => {
    const { payload, whole, budget } = given({ ...(length !== undefined && { length }) });
    for (const piece of pieces) payload.write(piece);
    payload.end();
    expect(await whole).toBe(pieces.join(''));
    expect(budget.used).toBe(0);
  });

  it('holds memory for the received bytes, not for the announced ones', async () => {
    const { payload, budget } = given({ length: 1 << 20 });
    payload.write('{');
    expect(budget.used).toBe(4096);
    payload.write('x'.repeat(100_000));
    expect(budget.used).toBe(100_001);
    payload.write('x');
    expect(budget.used).toBe(100_001);
    await eventually(() => expect(budget.used).toBe(400_004));
  });

  it('collects a body of single bytes in one buffer', async () => {
    const { payload, whole, budget } = given();
    for (let count = 0; count < 10_000; count++) payload.write('x');
    expect(budget.used).toBe(16_384);
    payload.end();
    expect(await whole).toHaveLength(10_000);
  });

  it.each([
    ['PAYLOAD_TOO_LARGE', { limit: 4 }, (payload: PassThrough) => payload.write('abcde')],
    ['OVERLOADED', { memory: 5_000 }, (payload: PassThrough) => payload.write('x'.repeat(6_000))],
    [
      'MALFORMED_BODY',
      {},
      (payload: PassThrough) => payload.write('{') && payload.destroy(new Error('reset')),
    ],
    ['MALFORMED_BODY', {}, (payload: PassThrough) => payload.write('{') && payload.destroy()],
    [
      'REQUEST_TIMEOUT',
      {},
      (payload: PassThrough) =>
        payload.write('{') && payload.emit('error', HttpRequestError.requestTimeout()),
    ],
  ])('reports %s once, and releases its memory', async (reason, options, act) => {
    const { payload, whole, budget, results } = given(options);
    act(payload);
    await expect(whole).rejects.toHaveReason(reason);
    payload.write('more');
    payload.destroy();
    await eventually(() => expect(payload.closed).toBe(true));
    expect([results, budget.used]).toEqual([[reason], 0]);
  });

  it('passes on one large body per turn of the event loop, and small ones at once', async () => {
    const parsing = new PacedTurns();
    const order: string[] = [];
    const collect = (name: string, content: string) => {
      const payload = new PassThrough();
      const options = { budget: new BodyBudget(1 << 26), reading: new FairTurns(16), parsing };
      BodyCollector.collect(payload, { ...options, limit: 1 << 20, length: undefined }, () =>
        order.push(name),
      );
      payload.end(content);
    };
    const large = 'x'.repeat(70_000);
    for (const [name, content] of [
      ['first', large],
      ['second', large],
      ['small', 'x'],
    ] as const)
      collect(name, content);
    const turns: number[] = [];
    while (order.length < 3) {
      await new Promise(setImmediate);
      turns.push(order.length);
    }
    expect(order.at(-1)).toBe('second');
    expect(turns.some((done) => done === 2)).toBe(true);
  });
});
