import { remainingMs } from '@app/context';
import { Metadata, type ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import { contextOf } from './call-context.js';

/** What a call may take whose client waits this long, in milliseconds. */
function budgetOf(clientsMs: number): number {
  const call = { getDeadline: () => Date.now() + clientsMs } as ServerInterceptingCallInterface;
  const { deadline } = contextOf(call, new Metadata(), '/echo', new AbortController().signal);
  return remainingMs(deadline);
}

/** Between reading the two clocks some milliseconds may pass. */
function expectAbout(ms: number, wanted: number): void {
  expect(ms).toBeLessThanOrEqual(wanted);
  expect(ms).toBeGreaterThan(wanted - 5);
}

describe('the deadline of a call', () => {
  it('is 50 ms before that of its client', () => {
    expectAbout(budgetOf(1_000), 950);
    expectAbout(budgetOf(3_600_000), 3_599_950);
  });

  it('leaves nine tenths of a time that is short', () => {
    expectAbout(budgetOf(300), 270);
    expectAbout(budgetOf(10), 9);
  });

  it('has passed, and no more than that, when that of its client has', () => {
    expect([budgetOf(0), budgetOf(-1_000)]).toEqual([0, 0]);
  });

  it('is none when its client has none', () => {
    expect(budgetOf(Infinity)).toBe(Infinity);
  });
});
