import { deadlineIn, RequestContext } from '@app/context';
import { AppError, OutcomeUnknownError, Status, UpstreamUnavailableError } from '@app/errors';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { givenResilience } from './resilience.support.js';

const UNAVAILABLE = UpstreamUnavailableError.of('worker');
const REFUSED = UpstreamUnavailableError.of('worker', undefined, 'refused');
const UNKNOWN = OutcomeUnknownError.of('worker');
const NOT_FOUND = new AppError({ reason: 'ORDER_NOT_FOUND', status: Status.NOT_FOUND, message: 'none' });

const givenPolicy = (settings: object = {}) =>
  givenResilience({ default: settings }).resilience.policy('worker');

/** Work with the given result for each attempt; the last one repeats. */
function ending(...ends: readonly (string | Error)[]) {
  let attempt = 0;
  return jest.fn((): Promise<string> => {
    const end = ends[Math.min(attempt++, ends.length - 1)];
    return end instanceof Error ? Promise.reject(end) : Promise.resolve(String(end));
  });
}

const hanging = () => jest.fn(() => new Promise<string>(() => undefined));

/** The result of a promise after the clock has advanced. */
async function after<T>(ms: number, ended: Promise<T>): Promise<T | Error> {
  const settled = ended.catch((error: Error) => error);
  await jest.advanceTimersByTimeAsync(ms);
  return settled;
}

describe('a write through a policy', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const write = { retryRefused: true };
  const keyed = { ...write, idempotent: true };

  /** The options, the results of the attempts, their number, and the error for the caller. */
  const CASES = [
    ['refused', write, [REFUSED, 'done'], 2, undefined],
    ['refused, and more than one call', {}, [REFUSED, 'done'], 1, REFUSED],
    ['of unknown outcome', write, [UNKNOWN, 'done'], 1, UNKNOWN],
    ['refused first, then of unknown outcome', write, [REFUSED, UNKNOWN, 'done'], 2, UNKNOWN],
    ['without an outcome', write, [UNAVAILABLE, 'done'], 1, UNAVAILABLE],
    ['repeatable, and of unknown outcome', keyed, [UNKNOWN, 'done'], 2, undefined],
    ['repeatable, of unknown outcome and then refused', keyed, [UNKNOWN, REFUSED, REFUSED], 3, UNKNOWN],
    ['repeatable, of unknown outcome and then answered', keyed, [UNKNOWN, NOT_FOUND], 2, NOT_FOUND],
    ['repeatable, and refused each time', keyed, [REFUSED], 3, REFUSED],
  ] as const;

  it.each(CASES)('that is %s', async (_, options, ends, attempts, error) => {
    const work = ending(...ends);
    expect(await after(10_000, givenPolicy().run(work, options))).toBe(error ?? 'done');
    expect(work).toHaveBeenCalledTimes(attempts);
  });

  it('has an unknown outcome when its circuit opens before it could be repeated', async () => {
    const policy = givenPolicy({ breaker: { minimumCalls: 1 } });
    expect(await after(10_000, policy.run(ending(UNKNOWN), keyed))).toBe(UNKNOWN);
    expect(policy.condition).not.toBe('closed');
  });

  it.each([
    ['during its work has an unknown outcome', hanging(), {}, 'unknown'],
    ['while it waits to be repeated was refused', ending(REFUSED), write, 'refused'],
    ['and changes nothing has no outcome', hanging(), { readOnly: true }, undefined],
  ] as const)('that runs out of time %s', async (_, work, options, outcome) => {
    jest.spyOn(Math, 'random').mockReturnValue(0.999);
    const retry = { initialDelay: '60s', maxDelay: '60s' };
    const policy = givenPolicy({ totalTimeout: '1s', retry });
    const error = await after(1_000, policy.execute(work, options));
    jest.restoreAllMocks();
    expect(error).toMatchObject({ reason: 'DEADLINE_EXCEEDED', outcome });
    expect((error as AppError).details?.['outcome']).toBe(outcome);
  });

  it('has an unknown outcome when its time ends before it could be repeated', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0.999);
    const policy = givenPolicy({ totalTimeout: '1s', retry: { initialDelay: '60s', maxDelay: '60s' } });
    const error = await after(1_000, policy.run(ending(UNKNOWN), keyed));
    jest.restoreAllMocks();
    expect(error).toMatchObject({ outcome: 'unknown' });
  });

  it('has the outcome refused when its caller has no time left', async () => {
    const hurried = new RequestContext({
      entry: 'http',
      operation: 'POST /orders',
      deadline: deadlineIn(10),
    });
    const work = ending('done');
    await expect(hurried.run(() => givenPolicy().run(work, write))).rejects.toMatchObject({
      reason: 'DEADLINE_EXCEEDED',
      details: { outcome: 'refused' },
    });
    expect(work).not.toHaveBeenCalled();
  });
});
