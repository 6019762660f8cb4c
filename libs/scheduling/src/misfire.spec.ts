import { describe, expect, it } from '@jest/globals';
import { divide } from './misfire.js';

const NOW = Date.UTC(2026, 0, 1, 12);
const ago = (...seconds: number[]) => seconds.map((each) => new Date(NOW - each * 1_000));

describe('instants without a record', () => {
  it.each([
    ['skip', [0], { due: [0], missed: [] }],
    ['skip', [10], { due: [10], missed: [] }],
    ['skip', [11], { due: [], missed: [11] }],
    ['skip', [30, 20, 8, 2], { due: [8, 2], missed: [30, 20] }],
    ['run-once', [30, 20], { due: [20], missed: [30] }],
    ['run-once', [30, 5], { due: [5], missed: [30] }],
    ['run-once', [3_600], { due: [3_600], missed: [] }],
    ['run-once', [3_601], { due: [], missed: [3_601] }],
    ['run-once', [], { due: [], missed: [] }],
  ] as const)('by "%s", %j seconds old, are divided into %j', (misfire, ages, { due, missed }) => {
    const rule = { misfire, tolerance: 10_000, catchUpWindow: 3_600_000 };
    expect(divide(ago(...ages), new Date(NOW), rule)).toEqual({ due: ago(...due), missed: ago(...missed) });
  });
});
