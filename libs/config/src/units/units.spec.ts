import { inspect } from 'node:util';
import { MASK } from '@app/errors';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { duration } from './duration.js';
import { type Secret, secret } from './secret.js';
import { type ServiceUrl, url } from './service-url.js';
import { size } from './size.js';

describe('a duration', () => {
  it.each([
    ['250ms', 250],
    ['1.5s', 1500],
    ['5m', 300_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
    ['0s', 0],
  ])('%s is %i milliseconds', (text, ms) => {
    expect(duration().parse(text)).toBe(ms);
  });

  it.each(['5', 5, '5 s', '-5s', 's', '5sec', ''])('is rejected without a number and a unit: %p', (text) => {
    expect(() => duration().parse(text)).toThrow('a duration with its unit');
  });
});

describe('the range of a duration', () => {
  it('ends at 24 days by default, the longest delay of a timer', () => {
    expect(duration().parse('24d')).toBe(2_073_600_000);
    for (const text of ['25d', '30d', '577h', '2147483648ms', '99999999999d', `${'9'.repeat(400)}d`])
      expect(() => duration().parse(text)).toThrow('a duration of at most 24d');
  });

  it('may be wider for values that no timer uses', () => {
    expect(duration({ max: '3650d' }).parse('365d')).toBe(31_536_000_000);
    expect(() => duration({ max: '3650d' }).parse('3651d')).toThrow('a duration of at most 3650d');
  });

  it('may have a minimum', () => {
    expect(duration({ min: '1s' }).parse('1s')).toBe(1_000);
    for (const text of ['0s', '999ms', '0.4ms'])
      expect(() => duration({ min: '1s' }).parse(text)).toThrow('a duration between 1s and 24d');
  });
});

describe('a size', () => {
  it.each([
    ['512B', 512],
    ['64KiB', 65_536],
    ['8MiB', 8_388_608],
    ['1.5GiB', 1_610_612_736],
  ])('%s is %i bytes', (text, bytes) => {
    expect(size().parse(text)).toBe(bytes);
  });

  it.each(['8MB', '8', 8, '-1B'])('is rejected in another unit: %p', (text) => {
    expect(() => size().parse(text)).toThrow('a size with its unit');
  });
});

describe('a secret', () => {
  const value: Secret = secret().parse('hunter2');

  it('returns its value on request', () => {
    expect(value.reveal()).toBe('hunter2');
  });

  it('is always printed masked', () => {
    const prints = [
      String(value),
      [value].join(),
      JSON.stringify({ value }),
      inspect({ value }),
      inspect(value, { showHidden: true }),
    ];
    for (const text of prints) {
      expect(text).toContain(MASK);
      expect(text).not.toContain('hunter2');
    }
  });

  it('is rejected when it is empty', () => {
    expect(() => secret().parse('')).toThrow(z.ZodError);
  });
});

describe('the address of a service', () => {
  const address: ServiceUrl = url({ protocols: ['postgres'] }).parse(
    'postgres://me:hunter2@db:5432/x?password=hunter2&a=b',
  );

  it('returns the complete URL to the driver', () => {
    expect(address.href).toBe('postgres://me:hunter2@db:5432/x?password=hunter2&a=b');
    expect(address.host).toBe('db:5432');
  });

  it('is printed without its passwords', () => {
    for (const text of [String(address), JSON.stringify(address), inspect(address)]) {
      expect(text).toContain('db:5432/x');
      expect(text).not.toContain('hunter2');
    }
  });

  it.each(['mysql://db', 'db:5432', '', 5])('is rejected with another protocol: %p', (text) => {
    expect(() => url({ protocols: ['postgres'] }).parse(text)).toThrow(
      'an address such as postgres://host:port',
    );
  });
});
