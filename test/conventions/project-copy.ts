import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** The exit code of a command, and its output when it failed. */
export interface CommandEnd {
  code: number;
  output: string;
}

/** A copy of all files that Git tracks or would add, in which a test follows the steps of the README. */
export class ProjectCopy {
  private constructor(readonly root: string) {}

  static async create(): Promise<ProjectCopy> {
    const root = await mkdtemp(join(tmpdir(), 'project-copy-'));
    const { stdout } = await execute('git', ['ls-files', '-z', '-co', '--exclude-standard']);
    const files = stdout.split('\0').filter((file) => file !== '' && existsSync(file));
    for (const file of files) await cp(file, join(root, file));
    // One link per package, so that changes of the folder only affect links.
    await mkdir(join(root, 'node_modules'));
    for (const name of await readdir('node_modules'))
      await symlink(resolve('node_modules', name), join(root, 'node_modules', name));
    return new ProjectCopy(root);
  }

  /** Runs shell lines until one of them fails. */
  async run(lines: string): Promise<CommandEnd> {
    const PATH = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;
    const env = { ...process.env, PATH, npm_config_loglevel: 'error' };
    const options = { cwd: this.root, env, maxBuffer: 64 * 1024 ** 2 };
    try {
      await execute('sh', ['-euc', lines], options);
      return { code: 0, output: '' };
    } catch (failure) {
      const { code, stdout, stderr } = failure as { code: number; stdout: string; stderr: string };
      return { code, output: `${stdout}\n${stderr}`.trim() };
    }
  }

  /** Replaces a part of a file's text, as an editor would. @throws when the text is missing */
  async edit(path: string, before: string, after: string): Promise<void> {
    const file = join(this.root, path);
    const text = await readFile(file, 'utf8');
    if (!text.includes(before)) throw new Error(`${path} has no ${before}`);
    await writeFile(file, text.replace(before, after));
  }

  /** Whether the copy has a file below `path`. */
  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, maxRetries: 3 });
  }
}
