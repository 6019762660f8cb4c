import { describe, expect, it } from '@jest/globals';
import { ensureHomeFolder } from './home-folder.js';

describe('the home folder of an app', () => {
  it('is / for a user without a home folder, such as a user id without an account', () => {
    const environment: NodeJS.ProcessEnv = {};
    ensureHomeFolder(environment, () => {
      throw new Error('uv_os_homedir returned ENOENT');
    });
    expect(environment).toEqual({ HOME: '/' });
  });

  it('stays as it is otherwise', () => {
    const environment: NodeJS.ProcessEnv = { HOME: '/srv' };
    ensureHomeFolder(environment, () => '/srv');
    expect(environment).toEqual({ HOME: '/srv' });
  });
});
