import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, closeSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppLog } from './app-log.js';
import { eventually } from '../assertions/eventually.js';
import { freePort } from '../network/free-port.js';
import { HttpClient } from '../network/http-client.js';
import { nodeOptions } from './node-options.js';
import { STARTS_WITHIN_MS } from './starts-within.js';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');
const LOGS = resolve(ROOT, '.stack', 'logs', 'apps');
let started = 0;

/** The processes that this spec has launched, in order. */
export const launched: AppProcess[] = [];

export const APPS = ['grpc-server', 'cron-server', 'worker', 'gateway'] as const;
export type AppName = (typeof APPS)[number];

/** How a process ended: by itself with a code, or by a signal. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface StartAppOptions {
  /** Overrides this process's environment: `{ APP__LIFECYCLE__DRAIN_WAIT: '1s' }`. Undefined removes a variable. */
  env?: Record<string, string | undefined>;
  /** A program instead of the built app of this name, see `buildProgram`. */
  main?: string;
  /** The working directory. @default the repository's root */
  cwd?: string;
  /** The numeric user and group id. @default those of the test */
  user?: number;
}

interface AppProcessParts {
  name: AppName;
  /** The app's own port: HTTP for the gateway, gRPC for the others. */
  port: number;
  managementPort: number;
  child: ChildProcess;
  log: AppLog;
  /** All environment variables of the process. */
  environment: NodeJS.ProcessEnv;
}

/** One app as in production: `node dist/apps/<name>/main.js` in a separate process. */
export class AppProcess {
  readonly name: AppName;
  readonly port: number;
  readonly managementPort: number;
  readonly management: HttpClient;
  readonly log: AppLog;
  readonly environment: NodeJS.ProcessEnv;
  /** Resolves when the process has ended. */
  readonly exited: Promise<Exit>;
  private readonly child: ChildProcess;

  constructor({ name, port, managementPort, child, log, environment }: AppProcessParts) {
    this.name = name;
    this.port = port;
    this.managementPort = managementPort;
    this.management = new HttpClient(`http://127.0.0.1:${managementPort}`);
    this.log = log;
    this.environment = environment;
    this.child = child;
    this.exited = new Promise((done) => child.once('exit', (code, signal) => done({ code, signal })));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** A client of the app's own HTTP port. */
  get http(): HttpClient {
    return new HttpClient(`http://127.0.0.1:${this.port}`);
  }

  get hasExited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Waits until `/readyz` says 200. @throws with the end of the log when the app ends or does not come up */
  async ready({ within = STARTS_WITHIN_MS }: { within?: number } = {}): Promise<this> {
    const look = async () => {
      if (this.hasExited) return;
      const { status, text } = await this.management.get('/readyz');
      if (status !== 200) throw new Error(text);
    };
    try {
      await eventually(look, { within, every: 50 });
    } catch (error) {
      throw new Error(
        `${this.name} was not ready within ${within} ms: ${String(error)}\n${this.lastLines()}`,
      );
    }
    if (this.hasExited) throw new Error(`${this.name} ended before it was ready:\n${this.lastLines()}`);
    return this;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Sends SIGTERM and waits for the exit; sends SIGKILL when it does not end in time. Does nothing after its end. */
  async stop({ within = 30_000 }: { within?: number } = {}): Promise<Exit> {
    if (this.hasExited) return this.exited;
    this.signal('SIGTERM');
    const last = setTimeout(() => this.signal('SIGKILL'), within);
    const exit = await this.exited;
    clearTimeout(last);
    return exit;
  }

  private lastLines(): string {
    return this.log.text().split('\n').slice(-20).join('\n');
  }
}

/** Starts an app on free ports. The test stack must run and be migrated, as in `npm test`. */
export async function startApp(name: AppName, options: StartAppOptions = {}): Promise<AppProcess> {
  const [port, managementPort] = [await freePort(), await freePort()];
  return launch(name, { port, managementPort, ...options });
}

/** Starts an app on given ports. */
export function launch(
  name: AppName,
  {
    main = resolve(ROOT, 'dist', 'apps', name, 'main.js'),
    ...on
  }: { port: number; managementPort: number } & StartAppOptions,
): AppProcess {
  if (!existsSync(main)) throw new Error(`${main} is missing. Run npm test, or npm run build first.`);
  const log = newLog(name);
  const output = openSync(log.file, 'a');
  const environment = {
    ...process.env,
    NODE_OPTIONS: '',
    ...portsOf(name, on.port, on.managementPort),
    APP_ENV: 'test',
    ...on.env,
  };
  const child = spawn(process.execPath, [...nodeOptions, main], {
    cwd: on.cwd ?? ROOT,
    ...(on.user !== undefined && { uid: on.user, gid: on.user }),
    env: environment,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  killWithThisProcess(child);
  const app = new AppProcess({
    name,
    port: on.port,
    managementPort: on.managementPort,
    child,
    log,
    environment,
  });
  launched.push(app);
  return app;
}

function newLog(name: AppName): AppLog {
  mkdirSync(LOGS, { recursive: true });
  started += 1;
  const log = new AppLog(resolve(LOGS, `${name}-${process.pid}-${started}.log`));
  closeSync(openSync(log.file, 'w'));
  return log;
}

function portsOf(name: AppName, port: number, managementPort: number): Record<string, string> {
  const own = name === 'gateway' ? 'APP__HTTP__PORT' : 'APP__GRPC__PORT';
  return { [own]: String(port), APP__MANAGEMENT__PORT: String(managementPort) };
}

function killWithThisProcess(child: ChildProcess): void {
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
}
