import { describe, expect, it } from '@jest/globals';
import type { LoadResult } from './load-result.js';
import { problemsOf } from './sanity.js';

/** 1000 replies in a second, 10 ms each, on 10 connections: a possible result of a closed loop. */
const SOUND: LoadResult = {
  connections: 10,
  requests: 1000,
  ok: 1000,
  wrong_body: 0,
  transport_errors: 0,
  rejected_by_status: {},
  duration_s: 1,
  rate_per_s: 1000,
  latency_mean_ms: 10,
  latency_p50_ms: 9,
  latency_p99_ms: 30,
  latency_max_ms: 40,
  closed_loop_ratio: 1,
};

describe('a result of the generator', () => {
  it('is accepted when its figures are consistent', () => {
    expect(problemsOf(SOUND)).toEqual([]);
  });

  it.each([
    ['more requests waited than there are connections', { closed_loop_ratio: 1.06 }, 'a closed loop has'],
    ['connections did not wait for replies', { closed_loop_ratio: 0.89 }, 'a closed loop has'],
    ['nothing was measured', { closed_loop_ratio: Number.NaN }, 'a closed loop has'],
    ['requests were lost', { ok: 999 }, '1000 requests had 999 ends'],
    ['a reply was not 2xx', { ok: 998, rejected_by_status: { 503: 2 } }, '"503":2'],
    ['a body was wrong', { ok: 999, wrong_body: 1 }, '1 replies had a wrong body'],
    ['a connection broke', { ok: 999, transport_errors: 1 }, '1 transport errors'],
    ['latencies are impossible', { latency_p99_ms: 50 }, 'not in order'],
    ['a request took no time', { latency_p50_ms: 0 }, 'not in order'],
  ])('is refused when %s', (_, change, said) => {
    expect(problemsOf({ ...SOUND, ...change })).toEqual([expect.stringContaining(said)]);
  });
});
