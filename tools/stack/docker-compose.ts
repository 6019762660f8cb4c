import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { paths } from '../workspace/paths.ts';
import { type ServiceName, type StackProfile, serviceNames } from './stack-profile.ts';

const execute = promisify(execFile);
let engine: Promise<string | undefined> | undefined;

/** Why Docker Compose cannot be used; undefined when its engine answers. Checked once. */
export function dockerEngine(): Promise<string | undefined> {
  engine ??= Promise.all([
    execute('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 4_000 }),
    execute('docker', ['compose', 'version'], { timeout: 4_000 }),
  ]).then(
    () => undefined,
    (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' ? 'no docker on PATH' : 'docker is there, but no engine with Compose answers',
  );
  return engine;
}

/** Runs `docker compose` for the project of one stack. */
export async function compose(
  profile: StackProfile,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const ports = serviceNames.map((name) => [
    `GANYMEDE_${name.toUpperCase()}_PORT`,
    String(profile.ports[name]),
  ]);
  const { stdout } = await execute(
    'docker',
    ['compose', '-f', paths.inClone('docker', 'compose.yaml'), '-p', `ganymede-${profile.owner}`, ...args],
    {
      env: {
        ...process.env,
        ...Object.fromEntries(ports),
        GANYMEDE_RABBITMQ_MANAGEMENT_PORT: String(profile.ports.rabbitmq + 1),
        GANYMEDE_FSYNC: profile.durable ? 'on' : 'off',
      },
      ...(signal ? { signal } : {}),
      maxBuffer: 16 * 1024 * 1024,
    },
  );
  return stdout;
}

/** The last log lines of a container. */
export async function containerLog(profile: StackProfile, service: ServiceName): Promise<string[]> {
  const text = await compose(profile, ['logs', '--no-color', '--tail', '20', service]).catch(() => '');
  return text.trimEnd().split('\n');
}
