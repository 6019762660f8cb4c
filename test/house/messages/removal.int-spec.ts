import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CommandEnd, CopyOfTheHouse } from '../copy-of-the-house.js';

/** The longest first: two run at a time. */
const CHECKS = ['typecheck', 'test:unit', 'build', 'lint', 'format:check', 'proto:check', 'floors'];
const PATIENCE_MS = 300_000;
const DONE: CommandEnd = { code: 0, output: '' };

describe('a house from which the messages were removed as the README says', () => {
  const ends = new Map<string, CommandEnd>();
  let house: CopyOfTheHouse;
  let removal: CommandEnd;

  beforeAll(async () => {
    house = await CopyOfTheHouse.create();
    removal = await house.run(stepsOf('README.md').replace(/^npm test$/m, ''));
    const queue = [...CHECKS];
    const lane = async () => {
      for (let check = queue.shift(); check !== undefined; check = queue.shift())
        ends.set(check, await house.run(`npm run --silent ${check}`));
    };
    await Promise.all([lane(), lane()]);
  }, PATIENCE_MS);

  afterAll(() => house.remove());

  it('has no folder of theirs', () => {
    expect(removal).toEqual(DONE);
    const folders = ['apps/gateway/src/messages', 'proto/ganymede/messages', 'test/house/messages'];
    expect(folders.filter((folder) => house.has(folder))).toEqual([]);
  });

  it.each(CHECKS)('passes %s', (check) => {
    expect(ends.get(check)).toEqual(DONE);
  });
});

describe('the README in Chinese', () => {
  it('removes a slice in the same way', () => {
    expect(stepsOf('README.zh-CN.md')).toBe(stepsOf('README.md'));
  });
});

/** What a reader is to paste. */
function stepsOf(readme: string): string {
  const blocks = [...readFileSync(readme, 'utf8').matchAll(/^```sh\n(.*?)^```$/gms)];
  const steps = blocks.map(([, block = '']) => block).find((block) => block.startsWith('SLICE='));
  if (steps === undefined) throw new Error(`${readme} does not say how to remove a slice.`);
  return steps;
}
