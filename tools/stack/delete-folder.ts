import { existsSync, lstatSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compose, dockerEngine } from './docker-compose.ts';
import type { StackProfile } from './stack-profile.ts';

/** Deletes a stack's folder, what its links lead to, and the volumes of its containers. */
export async function deleteFolder(profile: StackProfile): Promise<void> {
  if ((await dockerEngine()) === undefined)
    await compose(profile, ['down', '--volumes']).catch(() => undefined);
  if (!existsSync(profile.folder)) return;
  for (const name of readdirSync(profile.folder)) {
    const path = join(profile.folder, name);
    if (lstatSync(path).isSymbolicLink() && existsSync(path))
      rmSync(realpathSync(path), { recursive: true, force: true });
  }
  rmSync(profile.folder, { recursive: true, force: true });
}
