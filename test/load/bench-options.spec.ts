import { describe, expect, it } from '@jest/globals';
import { benchOptions } from './bench-options.js';

describe('the options of a bench', () => {
  it('default to every suite at five levels with five rounds each', () => {
    const { suites, levels, rounds } = benchOptions([]);
    expect({ suites, rounds }).toEqual({ suites: [], rounds: 5 });
    expect(levels.map(({ requests, connections }) => `${requests}@${connections}`)).toEqual([
      '1000@10',
      '5000@50',
      '10000@100',
      '50000@500',
      '100000@1000',
    ]);
  });

  it('are one level with its requests when connections are given', () => {
    expect(benchOptions(['increments', '--connections', '1000', '--rounds', '7'])).toEqual({
      suites: ['increments'],
      levels: [{ requests: 100_000, connections: 1000 }],
      rounds: 7,
      stages: false,
      profile: false,
    });
    expect(benchOptions(['--connections', '30']).levels).toEqual([{ requests: 3_000, connections: 30 }]);
    expect(benchOptions(['--connections', '30', '--requests', '9']).levels).toEqual([
      { requests: 9, connections: 30 },
    ]);
  });

  it.each([
    ['--rounds', '0'],
    ['--connections', 'many'],
    ['--requests', '1.5'],
    ['--speed', '1'],
  ])('refuse %s %s', (...args) => {
    expect(() => benchOptions(args)).toThrow(args[0]);
  });
});
