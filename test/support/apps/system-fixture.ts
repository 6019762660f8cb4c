import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { parse } from 'yaml';
import { APPS, type AppName, type AppProcess, launch } from './app-process.js';

/** The environment variable in which specs, in other processes, read the running apps. */
const VARIABLE = 'GANYMEDE_RUNNING_HOUSE';
const SERVERS = { PostgreSQL: 25432, Redis: 26379, RabbitMQ: 25673, S3: 29000 };

/** The data of a running app for the specs. */
export interface AppRecord {
  pid: number;
  port: number;
  managementPort: number;
  logFile: string;
}

export type SystemRecord = Record<AppName, AppRecord>;

/** The fixture is in the main process of Jest, which loads set-up and tear-down as separate modules. */
const shared = globalThis as { ganymedePeer?: AppProcess[] };

/** The four apps of an end-to-end run, on the ports of config/test.yaml. */
export const SystemFixture = {
  async open(): Promise<void> {
    // A start compiles some thousand modules. With the code of an earlier start it takes a quarter less of a processor.
    process.env['NODE_COMPILE_CACHE'] ??= join(process.cwd(), '.stack', 'compile-cache');
    await requireStack();
    await requireFreePorts();
    const apps = APPS.map((name) => ({ name, app: launch(name, portsOf(name)) }));
    shared.ganymedePeer = apps.map(({ app }) => app);
    await Promise.all(shared.ganymedePeer.map((app) => app.ready({ within: 60_000 })));
    const records = apps.map(
      ({ name, app }) => [name, { ...portsOf(name), pid: app.pid, logFile: app.log.file }] as const,
    );
    process.env[VARIABLE] = JSON.stringify(Object.fromEntries(records));
  },

  /** @throws with the name of each app that had crashed or did not exit with 0 */
  async close(): Promise<void> {
    const failures = await Promise.all((shared.ganymedePeer ?? []).map(stopped));
    const failed = failures.filter((failure) => failure !== undefined);
    if (failed.length > 0) throw new Error(`The fixture did not close cleanly.\n${failed.join('\n')}`);
  },

  /** @throws when no system was opened for this spec */
  record(): SystemRecord {
    const text = process.env[VARIABLE];
    if (text === undefined)
      throw new Error('No apps run: only specs of the project e2e have them (npm run test:e2e).');
    return JSON.parse(text) as SystemRecord;
  },
};

async function stopped(app: AppProcess): Promise<string | undefined> {
  const died = app.hasExited;
  const { code, signal } = await app.stop();
  if (code === 0 && !died) return undefined;
  const how = died ? 'had ended before its end' : 'did not stop cleanly';
  return `${app.name} ${how}: ${signal ?? `exit ${code}`}, see ${app.log.file}`;
}

function portsOf(name: AppName): { port: number; managementPort: number } {
  const file = join(process.env['CONFIG_DIR'] ?? 'config', 'test.yaml');
  const { apps } = parse(readFileSync(file, 'utf8')) as {
    apps: Record<string, Record<string, { port: number }>>;
  };
  const own = apps[name]?.[name === 'gateway' ? 'http' : 'grpc']?.port;
  const management = apps[name]?.['management']?.port;
  if (own === undefined || management === undefined) throw new Error(`${file} gives ${name} no ports`);
  return { port: own, managementPort: management };
}

async function requireStack(): Promise<void> {
  const answers = await Promise.all(
    Object.entries(SERVERS).map(async ([name, port]) => ((await answersAt(port)) ? [] : [name])),
  );
  const silent = answers.flat();
  if (silent.length === 0) return;
  throw new Error(
    `${silent.join(', ')} of the test stack do not answer. npm test brings the stack up and migrates; by hand: ` +
      'npm run stack -- up --test, then APP_ENV=test npm run db:migrate.',
  );
}

async function requireFreePorts(): Promise<void> {
  const ports = APPS.flatMap((name) => Object.values(portsOf(name)));
  const taken = await Promise.all(ports.map(async (port) => ((await answersAt(port)) ? [port] : [])));
  if (taken.flat().length === 0) return;
  throw new Error(
    `Something listens on ${taken.flat().join(', ')}, which the apps of this run need (config/test.yaml). ` +
      'Another end-to-end run, or what it has left?',
  );
}

function answersAt(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}
