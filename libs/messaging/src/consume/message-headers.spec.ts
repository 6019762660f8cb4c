import { describe, expect, it } from '@jest/globals';
import { plainHeaders, portableHeaders } from './message-headers.js';

describe('the headers of an untrusted publisher', () => {
  it.each([
    'x-death',
    'X-Death',
    'x-first-death-queue',
    'x-last-death-reason',
    'x-delivery-count',
    'x-delivery-limit',
  ])('do not travel to the next queue if the broker writes or obeys them: %s', (name) => {
    expect(portableHeaders({ [name]: 'forged', tenant: 'a' })).toEqual({ tenant: 'a' });
  });

  it.each(['CC', 'BCC', 'cc', 'x-failures', 'x-unidentified', 'x-damage'])('are read without %s', (name) => {
    expect(plainHeaders({ [name]: ['elsewhere'], tenant: 'a' })).toEqual({ tenant: 'a' });
  });

  it('travel to the next queue only as single values', () => {
    const single = { text: 'a', number: 1, flag: false, none: null };
    expect(portableHeaders({ ...single, list: [1], table: { a: 1 } })).toEqual(single);
  });

  it('are read up to 16,384 characters of text, and those of the project first', () => {
    const many = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [`h${index}`, '€'.repeat(1_000)]),
    );
    const read = plainHeaders({ ...many, 'x-attempt': 2, 'x-request-id': 'request-7' });
    expect(read).toMatchObject({ 'x-attempt': 2, 'x-request-id': 'request-7', h0: expect.any(String) });
    const characters = Object.entries(read).reduce(
      (sum, [key, value]) => sum + key.length + (typeof value === 'string' ? value.length : 0),
      0,
    );
    expect(characters).toBeLessThanOrEqual(16_384);
    expect(characters).toBeGreaterThan(15_000);
  });
});
