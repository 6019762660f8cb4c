import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { AppName } from './app-process.js';

const execute = promisify(execFile);

/** Runs an app's command `migrate` as in a deployment, and returns its output. */
export async function migrateApp(name: AppName, env: Record<string, string>): Promise<string> {
  const { stdout } = await execute(process.execPath, [`dist/apps/${name}/main.js`, 'migrate'], {
    env: { ...process.env, APP_ENV: 'test', NODE_OPTIONS: '', ...env },
  });
  return stdout;
}
