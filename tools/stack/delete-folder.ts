import { existsSync, lstatSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compose, dockerEngine } from './docker-compose.ts';
import { isOpenFolder } from './providers/open-folder.ts';
import type { StackProfile } from './stack-profile.ts';

/** Deletes a stack's folder, what its links lead to, and the volumes of its containers. */
export async function deleteFolder(profile: StackProfile): Promise<void> {
  if ((await dockerEngine()) === undefined)
    await compose(profile, ['down', '--volumes']).catch(() => undefined);
  if (!existsSync(profile.folder)) return;
  for (const name of readdirSync(profile.folder)) {
    const path = join(profile.folder, name);
    if (!lstatSync(path).isSymbolicLink()) continue;
    const home = dirname(readlinkSync(path));
    if (isOpenFolder(home, profile.owner)) rmSync(home, { recursive: true, force: true });
  }
  rmSync(profile.folder, { recursive: true, force: true });
}
