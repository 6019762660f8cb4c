import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LONG } from '../../support/assertions/long.js';
import { type CommandEnd, ProjectCopy } from '../project-copy.js';
import { removalSteps } from '../removal-steps.js';

/** The longest first, since two run at a time. Only the long form runs unit tests, as they are independent of slices. */
const STATIC_CHECKS = ['typecheck', 'build', 'lint', 'format:check', 'proto:check', 'floors'];
const CHECKS = LONG ? ['test:unit', ...STATIC_CHECKS] : STATIC_CHECKS;
const PATIENCE_MS = 300_000;
const DONE: CommandEnd = { code: 0, output: '' };

describe('a project without the messages, removed as in the README', () => {
  const ends = new Map<string, CommandEnd>();
  let fixture: ProjectCopy;
  let removal: CommandEnd;

  beforeAll(async () => {
    fixture = await ProjectCopy.create();
    removal = await fixture.run(removalSteps('README.md', 'messages'));
    const queue = [...CHECKS];
    const worker = async () => {
      for (let check = queue.shift(); check !== undefined; check = queue.shift())
        ends.set(check, await fixture.run(`npm run --silent ${check}`));
    };
    await Promise.all([worker(), worker()]);
  }, PATIENCE_MS);

  afterAll(() => fixture.remove());

  it('has none of their folders', () => {
    expect(removal).toEqual(DONE);
    const folders = ['apps/gateway/src/messages', 'proto/ganymede/messages', 'test/conventions/messages'];
    expect(folders.filter((folder) => fixture.has(folder))).toEqual([]);
  });

  it.each(CHECKS)('passes %s', (check) => {
    expect(ends.get(check)).toEqual(DONE);
  });
});

describe('the README in Chinese', () => {
  it('removes a slice in the same way', () => {
    expect(removalSteps('README.zh-CN.md', 'messages')).toBe(removalSteps('README.md', 'messages'));
  });
});
