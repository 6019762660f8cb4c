import { execFileSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { accountName } from '../../process/account.ts';
import { runCommand } from '../../process/run-command.ts';
import { ToolError } from '../../ui/tool.error.ts';
import { paths } from '../../workspace/paths.ts';
import { BrokenDataError } from '../broken-data.error.ts';
import { credentials } from '../credentials.ts';
import type { Place } from '../place.ts';
import type { ProgramLaunch } from '../service.ts';
import { followLink, isOpenToAll, linkOnce, openFolder } from './open-folder.ts';
import { clearStalePostmaster, processesIn } from './stale-postmaster.ts';
import { unprivilegedUser, type User } from './unprivileged-user.ts';

/** A minimal environment, without variables for the user's own PostgreSQL. */
const environment = { PATH: process.env['PATH'], LC_ALL: 'C', HOME: '/', TZ: 'UTC' };

/** `postgres (PostgreSQL) 18.4` → 18 */
function majorOf(bin: string): number {
  return Number(/(\d+)/.exec(execFileSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8' }))?.[1]);
}

/** The real data folder: in the clone, or behind a link if root's clone is in a closed folder. */
function dataFolder(place: Place, user: User | undefined): string {
  if (lstatSync(place.data, { throwIfNoEntry: false })?.isSymbolicLink()) {
    const target = resolve(openFolder(place.profile.owner), 'postgres');
    followLink(place.data, target, (folder) => processesIn(folder).length > 0);
    return existsSync(place.data) ? realpathSync(place.data) : target;
  }
  if (!user || existsSync(place.data) || isOpenToAll(place.data)) return place.data;
  const target = resolve(openFolder(place.profile.owner), 'postgres');
  linkOnce(place.data, target);
  return target;
}

function refuseForeign(place: Place, data: string, major: number): void {
  const file = join(data, 'PG_VERSION');
  const version = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  if (version === String(major)) return;
  const fault =
    version === undefined
      ? 'has no PG_VERSION'
      : /^\d+$/.test(version)
        ? `was made by PostgreSQL ${version}, and the one found here is ${major}`
        : `has ${JSON.stringify(version.slice(0, 20))} in PG_VERSION`;
  throw new BrokenDataError('PostgreSQL', place, `${relative(paths.root, place.data)} ${fault}`);
}

/** Creates the cluster in a temporary folder and renames it, so that an incomplete one is never started. */
async function initialise(
  bin: string,
  place: Place,
  data: string,
  user: User | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (accountName() === undefined) throw accountMissing(place);
  const parent = dirname(data);
  mkdirSync(parent, { recursive: true });
  const drafts = `${basename(data)}.new-`;
  for (const name of readdirSync(parent).filter((each) => each.startsWith(drafts))) {
    rmSync(join(parent, name), { recursive: true, force: true });
  }
  const draft = join(parent, `${drafts}${process.pid}`);
  const secret = `${draft}.password`;
  try {
    mkdirSync(draft, { mode: 0o700 });
    writeFileSync(secret, credentials.password, { mode: 0o600 });
    if (user) for (const path of [draft, secret]) chownSync(path, user.uid, user.gid);
    const builtinLocale = majorOf(bin) >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : [];
    const options = [
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      ...builtinLocale,
      '--no-instructions',
    ];
    const result = await runCommand(
      join(bin, 'initdb'),
      [
        '-D',
        draft,
        '-U',
        credentials.user,
        `--pwfile=${secret}`,
        ...options,
        ...(place.profile.durable ? [] : ['--no-sync']),
      ],
      { cwd: '/', env: environment, log: place.log, signal, ...user },
    );
    if (!result.ok) {
      throw new ToolError(`PostgreSQL could not create its data folder (initdb, exit code ${result.code}).`, {
        evidence: result.output.trimEnd().split('\n').slice(-12),
      });
    }
    renameSync(draft, data);
  } finally {
    rmSync(draft, { recursive: true, force: true });
    rmSync(secret, { force: true });
  }
}

/** initdb looks up the name of the user that runs it. */
function accountMissing({ profile }: Place): ToolError {
  const user = process.getuid?.();
  const entry = `ganymede:x:${user}:${process.getgid?.()}::/tmp:/bin/sh`;
  return new ToolError(
    `PostgreSQL cannot create its data folder: user ${user} has no entry in /etc/passwd.`,
    {
      remedies: [
        `as root, add one: echo '${entry}' >> /etc/passwd`,
        'or run this command as a user that has one',
        ...(profile.name === 'dev'
          ? ['or point to a server of yours: DATABASE_URL=postgres://… in .env']
          : []),
      ],
    },
  );
}

/** Prepares a cluster for the programs in `bin` and returns how to start it. */
export async function prepareCluster(bin: string, place: Place, signal: AbortSignal): Promise<ProgramLaunch> {
  const user = unprivilegedUser();
  const data = dataFolder(place, user);
  if (existsSync(data)) {
    refuseForeign(place, data, majorOf(bin));
    await clearStalePostmaster(data);
  } else await initialise(bin, place, data, user, signal);
  const settings = {
    listen_addresses: '127.0.0.1',
    port: place.port,
    unix_socket_directories: '',
    max_connections: 200,
    // Without fsync, data is lost only when the machine crashes, not when the server is killed.
    fsync: place.profile.durable ? 'on' : 'off',
    // In the data folder, so that a killed server leaves nothing in /dev/shm, which is small in containers.
    dynamic_shared_memory_type: 'mmap',
    log_line_prefix: '%m [%p] ',
  };
  return {
    file: join(bin, 'postgres'),
    args: ['-D', data, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
    cwd: '/',
    env: environment,
    stopSignal: 'SIGINT', // fast shutdown: open transactions are rolled back
    ...user,
  };
}
