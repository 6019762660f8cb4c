import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RequestContext } from '@app/context';
import { Dependency } from './dependency.js';

const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:6379'), { code: 'ECONNREFUSED' });

describe('a dependency of an app', () => {
  const lines = { warn: jest.fn(), log: jest.fn() };
  const recheck = jest.fn();
  let dependency: Dependency;

  beforeEach(() => {
    jest.useFakeTimers();
    for (const mock of [lines.warn, lines.log, recheck]) mock.mockReset();
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(lines.warn);
    jest.spyOn(Logger.prototype, 'log').mockImplementation(lines.log);
    jest.spyOn(Logger.prototype, 'debug').mockImplementation(() => undefined);
    dependency = new Dependency('redis', recheck);
    dependency.subject = 'Redis at 10.0.0.7:6379';
  });

  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('logs one line when it is lost and one when it has recovered, with the duration of the outage', () => {
    const connection = dependency.connection('commands');
    for (let attempt = 0; attempt < 60; attempt += 1) {
      connection.lost(refused);
      jest.advanceTimersByTime(1_000);
    }
    connection.back();
    expect(lines.warn.mock.calls).toEqual([
      [
        { dependency: 'redis', cause: refused.message },
        `Redis at 10.0.0.7:6379 fails and is retried: ${refused.message}`,
      ],
    ]);
    expect(lines.log.mock.calls).toEqual([
      [
        { dependency: 'redis', outage_ms: 60_000, failures: 60 },
        'Redis at 10.0.0.7:6379 works again after 60.0 s',
      ],
    ]);
  });

  it('has one outage for all its connections and its check, until the last of them has recovered', () => {
    const [one, other] = [dependency.connection('commands'), dependency.connection('subscriptions')];
    one.lost(refused);
    other.lost(refused);
    dependency.checked(refused);
    dependency.checked(refused);
    one.back();
    dependency.checked();
    expect(lines.log).not.toHaveBeenCalled();
    other.back();
    expect([lines.warn.mock.calls.length, lines.log.mock.calls.length]).toEqual([1, 1]);
  });

  it('is lost after two failed checks in a row, not after one', () => {
    dependency.checked(refused);
    expect([dependency.isSuspect, dependency.isLost]).toEqual([true, false]);
    dependency.checked();
    dependency.checked(refused);
    expect(lines.warn).not.toHaveBeenCalled();
    dependency.checked(refused);
    expect(dependency.isLost).toBe(true);
    dependency.checked();
    expect([lines.warn.mock.calls.length, lines.log.mock.calls.length]).toEqual([1, 1]);
  });

  it('logs nothing when the app closes its connections itself, and is no longer checked', () => {
    dependency.stop();
    dependency.connection('commands').lost(refused);
    dependency.suspect();
    expect(lines.warn).not.toHaveBeenCalled();
    expect(recheck).not.toHaveBeenCalled();
  });

  it('logs its outage without the context of the request that detected it', () => {
    const seen: unknown[] = [];
    lines.warn.mockImplementation(() => void seen.push(RequestContext.current()));
    const context = new RequestContext({ entry: 'http', operation: '/orders' });
    context.run(() => dependency.connection('commands').lost(refused));
    expect(seen).toEqual([undefined]);
  });
});
