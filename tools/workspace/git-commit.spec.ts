import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { gitCommit } from './git-commit.mjs';

describe('the commit of a checkout', () => {
  let folder: string;
  let head: string;

  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  const git = (...args: string[]) =>
    execFileSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8', stdio: 'pipe' }).trim();

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'git-commit-'));
    git('init', '--quiet');
    git('commit', '--quiet', '--allow-empty', '--message', 'first');
    head = git('rev-parse', 'HEAD');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('is that of its branch', () => {
    expect(gitCommit(folder)).toBe(head);
  });

  it('is found among packed references', () => {
    git('pack-refs', '--all');
    expect(gitCommit(folder)).toBe(head);
  });

  it('is that of a detached HEAD', () => {
    git('checkout', '--quiet', '--detach');
    git('commit', '--quiet', '--allow-empty', '--message', 'second');
    expect(gitCommit(folder)).toBe(git('rev-parse', 'HEAD'));
  });

  it('is that of a worktree, and not of the checkout beside it', () => {
    git('worktree', 'add', '--quiet', '-b', 'other', 'other');
    git('commit', '--quiet', '--allow-empty', '--message', 'second');
    expect(gitCommit(join(folder, 'other'))).toBe(head);
    expect(gitCommit(folder)).not.toBe(head);
  });

  it('is its own even inside a hook of another repository', () => {
    process.env['GIT_DIR'] = join(folder, 'nowhere');
    try {
      expect(gitCommit(folder)).toBe(head);
    } finally {
      delete process.env['GIT_DIR'];
    }
  });

  it('is unknown before the first commit, and for a folder inside another checkout', () => {
    mkdirSync(join(folder, 'unpacked'));
    expect(gitCommit(join(folder, 'unpacked'))).toBeUndefined();
    rmSync(join(folder, '.git'), { recursive: true });
    git('init', '--quiet');
    expect(gitCommit(folder)).toBeUndefined();
  });
});
