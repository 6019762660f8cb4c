import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LONG } from '../../support/assertions/long.js';
import { ProjectCopy } from '../project-copy.js';
import { removalSteps } from '../removal-steps.js';

/** In the long form, the same checks as for the removal of the messages. */
const CHECKS = LONG
  ? ['build', 'proto:check', 'typecheck', 'test:unit', 'lint', 'format:check', 'floors']
  : ['build'];
const PATIENCE_MS = 300_000;
const DONE = { code: 0, output: '' };

describe('a project without the users and the books, removed as in the README', () => {
  let fixture: ProjectCopy;

  beforeAll(async () => {
    fixture = await ProjectCopy.create();
  }, PATIENCE_MS);

  afterAll(() => fixture.remove());

  it.each(['users', 'books'])(
    'has the %s removed by those lines',
    async (slice) => {
      expect(await fixture.run(removalSteps('README.md', slice))).toEqual(DONE);
    },
    PATIENCE_MS,
  );

  it('has no reference to them in the code, the contracts and the configuration', async () => {
    const words = 'UsersModule|BooksModule|users\\.v1|books\\.v1|# users|# books|^books:';
    const search = `grep -rnE '${words}' apps libs/contracts/src proto/ganymede config test/e2e`;
    expect(await fixture.run(search)).toEqual({ code: 1, output: '' });
  });

  it.each(CHECKS)(
    'passes %s',
    async (check) => {
      expect(await fixture.run(`npm run --silent ${check}`)).toEqual(DONE);
    },
    PATIENCE_MS,
  );
});
