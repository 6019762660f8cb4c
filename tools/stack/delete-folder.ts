import { existsSync, lstatSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compose, dockerEngine } from './docker-compose.ts';
import { placeOf } from './place.ts';
import { isOpenFolder } from './providers/open-folder.ts';
import type { ServiceName, StackProfile } from './stack-profile.ts';

/** Deletes a stack's folder, the targets of its links, and the volumes of its containers. */
export async function deleteFolder(profile: StackProfile): Promise<void> {
  if ((await dockerEngine()) === undefined)
    await compose(profile, ['down', '--volumes']).catch(() => undefined);
  if (!existsSync(profile.folder)) return;
  for (const name of readdirSync(profile.folder)) deleteTarget(join(profile.folder, name), profile.owner);
  rmSync(profile.folder, { recursive: true, force: true });
}

/** Deletes the data of one stopped server. */
export async function deleteDataOf(profile: StackProfile, service: ServiceName): Promise<void> {
  if ((await dockerEngine()) === undefined)
    await compose(profile, ['rm', '--stop', '--force', '--volumes', service]).catch(() => undefined);
  const { data } = placeOf(profile, service);
  deleteTarget(data, profile.owner);
  rmSync(data, { recursive: true, force: true });
}

/** The target of a link that the user created belongs to the user: only the link is deleted. */
function deleteTarget(path: string, owner: string): void {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  const home = dirname(readlinkSync(path));
  if (isOpenFolder(home, owner)) rmSync(home, { recursive: true, force: true });
}
