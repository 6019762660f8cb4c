import { describe, expect, it } from '@jest/globals';
import { acceptRequestId } from './request-id.js';
import { continueTrace, startTrace, toTraceparent } from './trace-context.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

describe('a trace', () => {
  it('keeps one id from process to process', () => {
    const here = continueTrace(`00-${TRACE}-${PARENT}-01`);
    const there = continueTrace(toTraceparent(here));
    expect([here.traceId, there.traceId]).toEqual([TRACE, TRACE]);
    expect(new Set([PARENT, here.spanId, there.spanId]).size).toBe(3);
  });

  it('is recorded only if the caller records it', () => {
    expect(continueTrace(`00-${TRACE}-${PARENT}-00`).sampled).toBe(false);
    expect(toTraceparent(startTrace())).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });

  it('may come from a later version of the specification', () => {
    expect(continueTrace(`01-${TRACE}-${PARENT}-01-more`).traceId).toBe(TRACE);
  });

  it.each([
    undefined,
    '',
    'nonsense',
    `ff-${TRACE}-${PARENT}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
  ])('is new when the caller sends %p', (traceparent) => {
    const { traceId } = continueTrace(traceparent);
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(traceId.toLowerCase()).not.toBe(TRACE);
  });

  it('never has the same id twice', () => {
    const ids = Array.from({ length: 5000 }, () => startTrace()).flatMap(({ traceId, spanId }) => [
      traceId,
      spanId,
    ]);
    expect(new Set(ids).size).toBe(10_000);
  });
});

describe('a request id', () => {
  it.each(['a', 'A-1_b.c', 'x'.repeat(64)])('is the caller’s when it is harmless: %s', (id) => {
    expect(acceptRequestId(id)).toBe(id);
  });

  it.each(['', 'x'.repeat(65), 'a b', 'a\nb', '<script>', 1, undefined, ['a']])(
    'is generated instead of %p',
    (id) => {
      const [one, two] = [acceptRequestId(id), acceptRequestId(id)];
      expect(one).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
      expect(one).not.toBe(two);
    },
  );
});
