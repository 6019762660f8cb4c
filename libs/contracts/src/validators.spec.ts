import { describe, expect, it } from '@jest/globals';
import {
  EchoColor,
  EchoItem,
  type EchoRequest,
  EchoRequestRules,
  validateEchoList,
  validateEchoRequest,
  violationCount,
} from './index.js';

const item = { key: 'a', count: 1 };
const valid: EchoRequest = {
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  name: 'a:b',
  amount: -10,
  color: EchoColor.RED,
  at: new Date(),
  items: [item],
};

describe('validators', () => {
  it('find no violation in a valid message', () => {
    expect(validateEchoRequest(valid)).toEqual([]);
  });

  it.each([
    [{ id: 'no' }, 'id', 'must be a UUID'],
    [{ name: '' }, 'name', 'must have 1 to 16 characters'],
    [{ name: 'x'.repeat(17) }, 'name', 'must have 1 to 16 characters'],
    [{ name: 'A' }, 'name', 'must match ^[a-z:]+$'],
    [{ name: 'line\n' }, 'name', 'must match ^[a-z:]+$'],
    [{ amount: 0 }, 'amount', 'must not be 0'],
    [{ amount: 11 }, 'amount', 'must be at least -10 and at most 10'],
    [{ amount: -11 }, 'amount', 'must be at least -10 and at most 10'],
    [{ amount: NaN }, 'amount', 'must be at least -10 and at most 10'],
    [{ at: undefined }, 'at', 'is required'],
    [{ items: [] }, 'items', 'must have 1 to 3 items'],
    [{ items: [item, item, item, item] }, 'items', 'must have 1 to 3 items'],
    [{ items: [item, { ...item, count: 0 }] }, 'items[1].count', 'must be at least 1'],
  ])('reject %o', (change, path, message) => {
    expect(validateEchoRequest({ ...valid, ...change })).toEqual([{ path, message }]);
  });

  it('report every invalid field', () => {
    const found = validateEchoRequest({ ...valid, name: '', amount: 0, at: undefined });
    expect(found.map(({ path }) => path)).toEqual(['name', 'amount', 'at']);
  });

  it.each([EchoColor.UNSPECIFIED, 99 as EchoColor])('reject the enum value %i', (color) => {
    const found = validateEchoRequest({ ...valid, color });
    expect(found).toEqual([{ path: 'color', message: expect.stringContaining('ECHO_COLOR_RED') }]);
  });

  it('ignore an absent optional field and check a present one', () => {
    expect(validateEchoRequest({ ...valid, note: undefined })).toEqual([]);
    expect(validateEchoRequest({ ...valid, note: '' })).toHaveLength(1);
  });

  it('count characters, not UTF-16 units', () => {
    expect(validateEchoRequest({ ...valid, note: '😀'.repeat(4) })).toEqual([]);
    expect(validateEchoRequest({ ...valid, note: '😀'.repeat(5) })).toHaveLength(1);
  });

  it('share their rules with the HTTP edge', () => {
    expect(EchoRequestRules.name).toEqual({ minLength: 1, maxLength: 16, pattern: /^[a-z:]+$/u });
  });
});

describe('a message with very many violations', () => {
  it('has a list of a hundred, and their number', () => {
    const items = Array.from({ length: 60_000 }, () => EchoItem.fromPartial({}));
    const perItem = validateEchoList({ items: items.slice(0, 1), numbers: [] }).length;
    const found = validateEchoList({ items, numbers: [] });
    expect(perItem).toBeGreaterThan(0);
    expect(found).toHaveLength(100);
    expect(violationCount(found)).toBe(60_000 * perItem);
  });
});
