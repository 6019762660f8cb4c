import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { LeaseLostError } from './lock.errors.js';
import { RenewedLease } from './renewed.lease.js';

const TTL = 3_000;

describe('a lease that renews itself', () => {
  const extend = jest.fn<() => Promise<boolean>>();
  const giveUp = jest.fn<() => Promise<void>>();
  const onEnd = jest.fn();
  let lease: RenewedLease;

  const take = (since = performance.now()) =>
    new RenewedLease({ extend, giveUp }, { name: 'report', ttl: TTL, since }, onEnd);

  beforeEach(() => {
    jest.useFakeTimers();
    jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    extend.mockReset().mockResolvedValue(true);
    giveUp.mockReset().mockResolvedValue();
    onEnd.mockReset();
  });
  afterEach(async () => {
    await lease.release();
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('is renewed every third of its time to live, until it is released', async () => {
    lease = take();
    await jest.advanceTimersByTimeAsync(10 * TTL);
    expect(extend).toHaveBeenCalledTimes(30);
    expect(lease.signal.aborted).toBe(false);
    await lease.release();
    await jest.advanceTimersByTimeAsync(10 * TTL);
    expect(extend).toHaveBeenCalledTimes(30);
  });

  it('is lost when another holder has taken it', async () => {
    lease = take();
    extend.mockResolvedValue(false);
    await jest.advanceTimersByTimeAsync(TTL / 3);
    expect(lease.signal.reason).toBeInstanceOf(LeaseLostError);
    expect(onEnd).toHaveBeenCalledWith(lease);
  });

  it.each([
    ['fail', () => Promise.reject(new Error('connect ECONNREFUSED'))],
    ['get no reply', () => new Promise<boolean>(() => undefined)],
  ])('is lost at the end of its time to live when its renewals %s', async (_what, outcome) => {
    lease = take();
    extend.mockImplementation(outcome);
    await jest.advanceTimersByTimeAsync(TTL - 1);
    expect(lease.signal.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(lease.signal.reason).toBeInstanceOf(LeaseLostError);
  });

  it('lives from the time of the request for it, not of the reply', async () => {
    lease = take(performance.now() - 500);
    extend.mockReturnValue(new Promise(() => undefined));
    await jest.advanceTimersByTimeAsync(TTL - 501);
    expect(lease.signal.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(lease.signal.aborted).toBe(true);
  });

  it('is extended from the time of the request for the renewal, not of the reply', async () => {
    lease = take();
    const reply = Promise.withResolvers<boolean>();
    extend.mockReturnValueOnce(reply.promise).mockReturnValue(new Promise(() => undefined));
    await jest.advanceTimersByTimeAsync(TTL - 1);
    reply.resolve(true);
    await jest.advanceTimersByTimeAsync(TTL / 3);
    expect(lease.signal.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(lease.signal.aborted).toBe(true);
  });

  it('is not renewed once it has expired, even if its timers are late, as after a pause of the process', async () => {
    lease = take();
    jest.spyOn(performance, 'now').mockReturnValue(performance.now() + TTL);
    await expect(lease.renew()).rejects.toBeInstanceOf(LeaseLostError);
    expect(extend).not.toHaveBeenCalled();
    expect(lease.signal.aborted).toBe(true);
  });
});
