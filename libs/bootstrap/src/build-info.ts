import { readFile } from 'node:fs/promises';

/** What runs here: `APP_VERSION` and `APP_COMMIT` are set when an image is built. */
export interface BuildInfo {
  app: string;
  version: string;
  commit: string;
}

export async function readBuildInfo(app: string): Promise<BuildInfo> {
  const version = process.env['APP_VERSION'] ?? (await packageVersion());
  return { app, version, commit: process.env['APP_COMMIT'] ?? 'unknown' };
}

async function packageVersion(): Promise<string> {
  try {
    return (JSON.parse(await readFile('package.json', 'utf8')) as { version: string }).version;
  } catch {
    return '0.0.0';
  }
}
