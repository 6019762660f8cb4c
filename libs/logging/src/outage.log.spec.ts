import { runInNewContext } from 'node:vm';
import { InternalError, UpstreamUnavailableError } from '@app/errors';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { OutageLog } from './outage.log.js';

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:6379'), { code: 'ECONNREFUSED' });

describe('the log of an outage', () => {
  const logger = new Logger('Test');
  const lines = { warn: jest.fn(), log: jest.fn(), debug: jest.fn() };

  beforeEach(() => {
    for (const level of ['warn', 'log', 'debug'] as const) {
      lines[level].mockReset();
      jest.spyOn(logger, level).mockImplementation(lines[level]);
    }
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('has one line when it begins and one with its duration when it is over, for 500 failures', () => {
    const outage = new OutageLog(logger, { subject: 'Redis' });
    for (let attempt = 0; attempt < 500; attempt += 1) outage.failed(refused);
    jest.advanceTimersByTime(38_000);
    outage.recovered();
    outage.recovered();
    expect(lines.warn.mock.calls).toEqual([
      [{ cause: refused.message }, `Redis fails and is retried: ${refused.message}`],
    ]);
    expect(lines.log.mock.calls).toEqual([
      [{ outage_ms: 38_000, failures: 500 }, 'Redis works again after 38.0 s'],
    ]);
  });

  it('starts again with the next outage', () => {
    const outage = new OutageLog(logger, { subject: 'Redis' });
    for (let time = 0; time < 2; time += 1) {
      outage.failed(refused);
      outage.recovered();
    }
    expect(lines.warn).toHaveBeenCalledTimes(2);
  });

  it('is empty without a failure', () => {
    new OutageLog(logger, { subject: 'Redis' }).recovered();
    expect(lines.log).not.toHaveBeenCalled();
  });

  it.each([
    ['a socket', refused, false],
    [
      'a socket in another realm',
      runInNewContext("Object.assign(new Error('read'), { code: 'ECONNRESET' })"),
      false,
    ],
    ['a closed connection', undefined, false],
    ['several addresses', Object.assign(new AggregateError([refused]), { code: 'ECONNREFUSED' }), false],
    ['a fault in the code', new TypeError('x is not a function'), true],
    ['an error that another attempt cannot cure', InternalError.because(new Error('x')), true],
  ])('has the stack of %s only if it is not retryable', (_case, error, hasStack) => {
    new OutageLog(logger, { subject: 'Redis' }).failed(error);
    expect(Object.keys(lines.warn.mock.calls[0]?.[0] ?? {})).toEqual([hasStack ? 'err' : 'cause']);
  });

  it('includes the cause of an AppError', () => {
    const error = UpstreamUnavailableError.of('worker', refused);
    new OutageLog(logger, { subject: 'The relay' }).failed(error);
    expect(lines.warn.mock.calls[0]?.[1]).toContain(refused.message);
  });

  it('of dependent work has warnings only for its own failures', () => {
    const outage = new OutageLog(logger, { subject: 'The relay', dependent: true });
    outage.failed(UpstreamUnavailableError.of('worker', refused));
    outage.recovered();
    expect([lines.warn, lines.log].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
    outage.failed(UpstreamUnavailableError.of('worker', refused));
    outage.failed(new TypeError('x is not a function'));
    outage.failed(new TypeError('x is not a function'));
    outage.recovered();
    expect([lines.warn, lines.log].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  });

  it('increases pauses up to a cap, each with jitter', () => {
    const outage = new OutageLog(logger, { subject: 'Redis' });
    const pauses = Array.from({ length: 40 }, () => {
      outage.failed(refused);
      return outage.pause({ first: 100, longest: 1_000 });
    });
    for (const [at, pause] of pauses.entries()) {
      const whole = Math.min(100 * 2 ** at, 1_000);
      expect(pause).toBeGreaterThanOrEqual(whole * 0.75);
      expect(pause).toBeLessThanOrEqual(whole);
    }
    expect(new Set(pauses.slice(-10)).size).toBeGreaterThan(1);
  });
});
