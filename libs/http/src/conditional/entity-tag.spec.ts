import { describe, expect, it } from '@jest/globals';
import {
  matchesStrongly,
  matchesWeakly,
  parseEntityTag,
  parseEntityTags,
  strongEntityTag,
} from './entity-tag.js';

const strong = (opaque: string) => ({ weak: false, opaque });
const weak = (opaque: string) => ({ weak: true, opaque });

describe('a list of entity tags', () => {
  it.each([
    ['"a"', [strong('a')]],
    ['W/"a"', [weak('a')]],
    ['""', [strong('')]],
    ['"a,b", W/"c"', [strong('a,b'), weak('c')]],
    ['"a","b"', [strong('a'), strong('b')]],
    [' , "a" ,, "b" , ', [strong('a'), strong('b')]],
    ['"*"', [strong('*')]],
    ['"W/x"', [strong('W/x')]],
    ['"back\\slash"', [strong('back\\slash')]],
  ])('reads %s', (header, tags) => {
    expect(parseEntityTags(header)).toEqual(tags);
  });

  it('may be *, for any version', () => {
    expect(parseEntityTags(' * ')).toBe('*');
  });

  it.each(['', 'a', '"a', 'a"', '"a" "b"', '"a", b', '*, "a"', 'w/"a"', 'W/ "a"', '"a b"', '"a""b"'])(
    'is empty when it is %j',
    (header) => {
      expect(parseEntityTags(header)).toEqual([]);
    },
  );
});

describe('two entity tags', () => {
  it('match strongly when both are strong, and match weakly also when one is weak', () => {
    expect(matchesStrongly(strong('a'), strong('a'))).toBe(true);
    for (const [one, other] of [
      [weak('a'), weak('a')],
      [weak('a'), strong('a')],
    ] as const)
      expect([matchesStrongly(one, other), matchesWeakly(one, other)]).toEqual([false, true]);
    expect(matchesWeakly(strong('a'), strong('b'))).toBe(false);
  });

  it('are not parsed as a single tag', () => {
    expect(parseEntityTag('"a", "b"')).toBeUndefined();
    expect(parseEntityTag('*')).toBeUndefined();
    expect(parseEntityTag('"a"')).toEqual(strong('a'));
  });

  it('is written as it is read', () => {
    expect(strongEntityTag(3)).toBe('"3"');
    expect(parseEntityTag(strongEntityTag('a-b'))).toEqual(strong('a-b'));
  });
});
