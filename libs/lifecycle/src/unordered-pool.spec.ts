import { describe, expect, it } from '@jest/globals';
import { type ActiveItem, UnorderedPool } from './unordered-pool.js';

interface Item extends ActiveItem {
  name: string;
}

const itemOf = (name: string): Item => ({ name, position: 0 });
const namesIn = (list: UnorderedPool<Item>) => [...list].map(({ name }) => name).sort();

describe('an unordered pool', () => {
  it('holds the items that were added and not removed, in any order', () => {
    const list = new UnorderedPool<Item>();
    const items = Array.from('abcdefgh', itemOf);
    for (const item of items) list.add(item);
    for (const name of 'hadc') list.remove(items.find((item) => item.name === name) as Item);
    expect(list.size).toBe(4);
    expect(namesIn(list)).toEqual(['b', 'e', 'f', 'g']);
    for (const item of list) list.remove(item);
    expect(list.size).toBe(0);
  });

  it('accepts a removed item again', () => {
    const list = new UnorderedPool<Item>();
    const [one, two] = [itemOf('one'), itemOf('two')];
    list.add(one);
    list.add(two);
    list.remove(one);
    list.add(one);
    list.remove(two);
    list.remove(two);
    expect(namesIn(list)).toEqual(['one']);
  });

  it('may change during an iteration', () => {
    const list = new UnorderedPool<Item>();
    for (const name of ['one', 'two', 'three']) list.add(itemOf(name));
    const seen = [];
    for (const item of list) {
      seen.push(item.name);
      list.remove(item);
      if (item.name !== 'new') list.add(itemOf('new'));
    }
    expect(seen).toEqual(['one', 'two', 'three']);
    expect(namesIn(list)).toEqual(['new', 'new', 'new']);
  });
});
