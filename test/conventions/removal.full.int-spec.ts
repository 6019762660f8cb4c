import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LONG } from '../support/assertions/form.js';
import { type CommandEnd, ProjectCopy } from './project-copy.js';
import { removalSteps } from './removal-steps.js';

/** The samples that are still here. */
const SAMPLES = ['messages', 'counters', 'files', 'users', 'books'].filter((sample) =>
  existsSync(`proto/ganymede/${sample}`),
);
/** All together; in the long form each alone as well, which takes a quarter of an hour. */
const REMOVALS = [...(LONG ? SAMPLES.map((sample) => [sample]) : []), SAMPLES].filter(
  (samples) => samples.length > 0,
);
/** The longest first: two run at a time. */
const CHECKS = ['test:unit', 'lint', 'typecheck', 'format:check', 'build', 'proto:check', 'floors'];
const WITHIN_MS = 600_000;
const DONE: CommandEnd = { code: 0, output: '' };

for (const samples of REMOVALS) {
  describe(`a project without ${samples.join(', ')}, removed as the README says`, () => {
    const ends = new Map<string, CommandEnd>();
    const removals: CommandEnd[] = [];
    let project: ProjectCopy;

    beforeAll(async () => {
      project = await ProjectCopy.create();
      for (const sample of samples) removals.push(await project.run(removalSteps('README.md', sample)));
      const queue = [...CHECKS];
      const worker = async () => {
        for (let check = queue.shift(); check !== undefined; check = queue.shift())
          ends.set(check, await project.run(`npm run --silent ${check}`));
      };
      await Promise.all([worker(), worker()]);
    }, WITHIN_MS);

    afterAll(() => project.remove());

    it('has nothing of them left in the code, the contracts and the configuration', async () => {
      expect(removals).toEqual(samples.map(() => DONE));
      const names = samples.flatMap((sample) => {
        const title = `${sample.charAt(0).toUpperCase()}${sample.slice(1)}`;
        return [`${title}Module`, `${sample}\\.v1`, `# ${sample}$`, `^${sample}:`];
      });
      const search = `grep -rnE '${names.join('|')}' apps libs/contracts/src proto/ganymede config`;
      expect(await project.run(search)).toEqual({ code: 1, output: '' });
    });

    it.each(CHECKS)('passes %s', (check) => {
      expect(ends.get(check)).toEqual(DONE);
    });
  });
}

describe('the README in Chinese', () => {
  it('removes a slice in the same way', () => {
    expect(removalSteps('README.zh-CN.md', 'messages')).toBe(removalSteps('README.md', 'messages'));
  });
});
