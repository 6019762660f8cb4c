import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram } from '../find-program.ts';
import type { ProgramProvider } from '../service.ts';
import { prepareCluster } from './postgres-cluster.ts';

const debian = '/usr/lib/postgresql';

/** Debian has a folder for each version, none of them on PATH; the newest is used. */
function debianFolders(): string[] {
  if (!existsSync(debian)) return [];
  const versions = readdirSync(debian).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(debian, version, 'bin'));
}

const find = (): string | undefined => findProgram('postgres', debianFolders());

/** The installed PostgreSQL, with a separate data folder. */
export const installedPostgres: ProgramProvider = {
  kind: 'program',
  name: 'postgres',
  obstacle: async () => (find() ? undefined : 'no postgres on PATH or in /usr/lib/postgresql'),
  prepare: (place, signal) => prepareCluster(dirname(realpathSync(find() ?? 'postgres')), place, signal),
};
