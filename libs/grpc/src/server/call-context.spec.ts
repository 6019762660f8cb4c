import { remainingMs } from '@app/context';
import { Metadata, type ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { contextOf } from './call-context.js';

/** The time that the server gives a call whose client waits this long, in milliseconds. */
function budgetOf(clientsMs: number): number {
  const call = { getDeadline: () => Date.now() + clientsMs } as ServerInterceptingCallInterface;
  const { deadline } = contextOf(call, new Metadata(), '/echo', new AbortController().signal);
  return remainingMs(deadline);
}

describe('the deadline of a call', () => {
  // Both clocks are frozen, so the time between reading one and the other does not matter.
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('is 50 ms before that of its client', () => {
    expect(budgetOf(1_000)).toBeCloseTo(950);
    expect(budgetOf(3_600_000)).toBeCloseTo(3_599_950);
  });

  it('leaves nine tenths of a short time', () => {
    expect(budgetOf(300)).toBeCloseTo(270);
    expect(budgetOf(10)).toBeCloseTo(9);
  });

  it('has just passed when that of its client has', () => {
    expect([budgetOf(0), budgetOf(-1_000)]).toEqual([0, 0]);
  });

  it('is unset when its client has none', () => {
    expect(budgetOf(Infinity)).toBe(Infinity);
  });
});
