import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type ChannelModel, connect } from 'amqplib';
import { eventually } from '../assertions/eventually.js';
import { freePort } from '../network/free-port.js';

/** On Debian the program in PATH is a wrapper that requires the system's own user, so the real one comes first. */
const FOLDERS = ['/usr/lib/rabbitmq/bin', ...(process.env['PATH'] ?? '').split(delimiter)];
const BOOTED_WITHIN_MS = 60_000;
const CONTROLLED_WITHIN_MS = 30_000;
/** The share of the machine's memory. */
const HIGH_WATERMARK = 0.3;
const LOOPBACK = '-kernel inet_dist_use_interface {127,0,0,1}';

/** A RabbitMQ node for one spec, which it can kill, stop and start. */
export class ScratchRabbitMq {
  private child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly distributionPort: number,
    private readonly folder: string,
  ) {}

  /** Resolves when it answers. @throws when this machine has no rabbitmq-server */
  static async start(): Promise<ScratchRabbitMq> {
    const folder = await mkdtemp(join(tmpdir(), 'scratch-rabbitmq-'));
    const broker = new ScratchRabbitMq(await freePort(), await freePort(), folder);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'rabbitmq.conf'), settings(broker.port));
    await writeFile(join(folder, 'enabled_plugins'), '[].\n');
    await broker.restart();
    return broker;
  }

  get url(): string {
    return this.urlAt(this.port);
  }

  /** The URL of the broker through a proxy on this port. */
  urlAt(port: number): string {
    return `amqp://scratch:scratch@127.0.0.1:${port}`;
  }

  /** Opens a connection for the test. The caller closes it. */
  async connect(): Promise<ChannelModel> {
    const connection = await connect(this.url, { timeout: 2_000 });
    return connection.on('error', () => undefined);
  }

  /** The number of messages of a queue that wait for a consumer. */
  async waitingIn(queue: string): Promise<number> {
    const connection = await this.connect();
    try {
      const channel = await connection.createChannel();
      return (await channel.checkQueue(queue)).messageCount;
    } finally {
      await connection.close();
    }
  }

  /** SIGKILL to the node and its helpers; resolves when it is gone. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    process.kill(-child.pid, 'SIGKILL');
    await gone;
  }

  /** Starts it on the same data; resolves when it answers. */
  async restart(): Promise<void> {
    await this.kill();
    const names = await emptyNameServer();
    try {
      const { child, failed } = this.spawn((names.address() as AddressInfo).port);
      this.child = child;
      const answers = async () => {
        if (child.exitCode !== null) return;
        await (await this.connect()).close();
      };
      await Promise.race([failed, eventually(answers, { within: BOOTED_WITHIN_MS, every: 100 })]);
      if (child.exitCode !== null)
        throw new Error(`rabbitmq-server ended with ${child.exitCode} as it started`);
    } finally {
      names.close();
    }
  }

  /** Makes the broker accept no more messages, as when its memory is used up. */
  async raiseAlarm(): Promise<void> {
    await this.control('set_vm_memory_high_watermark', '0');
  }

  /** Makes the broker accept messages again. */
  async clearAlarm(): Promise<void> {
    await this.control('set_vm_memory_high_watermark', String(HIGH_WATERMARK));
  }

  /** Removes the leader of a quorum queue in the default virtual host, so that the broker cannot serve it. */
  async stopQueue(queue: string): Promise<void> {
    await this.control('eval', `ok = ra:stop_server(quorum_queues, {'%2F_${queue}', node()}).`);
  }

  /** Restores the leader of the queue. */
  async startQueue(queue: string): Promise<void> {
    await this.control('eval', `ok = ra:restart_server(quorum_queues, {'%2F_${queue}', node()}).`);
  }

  /** Removes the node and its data at the end of a spec. */
  async remove(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Runs `rabbitmqctl`, which connects to the node without epmd too. */
  private async control(...command: readonly string[]): Promise<void> {
    const program = findProgram('rabbitmqctl');
    const erlang = `-dist_listen false -start_epmd false -erl_epmd_port ${this.distributionPort}`;
    const env = { ...this.environment(program), ERL_FLAGS: `${erlang} ${LOOPBACK}` };
    const run = promisify(execFile);
    await run(program, ['-n', this.nodeName, ...command], { env, timeout: CONTROLLED_WITHIN_MS });
  }

  private get nodeName(): string {
    return `scratch-${this.distributionPort}@localhost`;
  }

  private environment(program: string): NodeJS.ProcessEnv {
    return {
      PATH: `${dirname(program)}${delimiter}${process.env['PATH'] ?? ''}`,
      // The mark by which `npm test` finds processes that outlive their spec.
      GANYMEDE_OWNER: process.env['GANYMEDE_OWNER'],
      // Contains the cookie with which Erlang nodes authenticate each other.
      HOME: this.folder,
      LANG: 'C.UTF-8',
      RABBITMQ_NODENAME: this.nodeName,
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      ERL_CRASH_DUMP_SECONDS: '0',
    };
  }

  /** Starts a node that neither uses nor starts epmd: its distribution port is fixed and configured. */
  private spawn(namesPort: number): { child: ChildProcess; failed: Promise<never> } {
    const program = findProgram('rabbitmq-server');
    const file = (name: string) => join(this.folder, name);
    const port = String(this.distributionPort);
    const child = spawn(program, [], {
      cwd: this.folder,
      detached: true,
      stdio: 'ignore',
      env: {
        ...this.environment(program),
        RABBITMQ_DIST_PORT: port,
        RABBITMQ_CONFIG_FILE: file('rabbitmq.conf'),
        RABBITMQ_ENABLED_PLUGINS_FILE: file('enabled_plugins'),
        RABBITMQ_MNESIA_BASE: file('mnesia'),
        RABBITMQ_LOG_BASE: file('log'),
        ERL_EPMD_PORT: String(namesPort),
        ERL_FLAGS: `-start_epmd false -erl_epmd_port ${port} ${LOOPBACK}`,
      },
    });
    killWithThisProcess(child);
    const failed = once(child, 'error').then(([error]) => Promise.reject(error as Error));
    failed.catch(() => undefined);
    return { child, failed };
  }
}

function settings(port: number): string {
  return [
    `listeners.tcp.local = 127.0.0.1:${port}`,
    'default_user = scratch',
    'default_pass = scratch',
    'log.console = false',
    'log.file.level = warning',
    `vm_memory_high_watermark.relative = ${HIGH_WATERMARK}`,
    'disk_free_limit.absolute = 200MB',
    '',
  ].join('\n');
}

function findProgram(name: 'rabbitmq-server' | 'rabbitmqctl'): string {
  const program = FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (program === undefined) {
    throw new Error(
      `There is no ${name} on PATH. Specs that break a broker start their own: install RabbitMQ 3.10 or later.`,
    );
  }
  return program;
}

/**
 * An Erlang port mapper without nodes. RabbitMQ does not boot when it cannot query one for its name, and a real port
 * mapper would keep running as a daemon.
 *
 * @see https://www.erlang.org/doc/apps/erts/erl_dist_protocol.html#get-all-registered-names-from-epmd
 */
async function emptyNameServer(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      const reply = Buffer.alloc(4);
      reply.writeUInt32BE((server.address() as AddressInfo).port);
      socket.end(reply);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function killWithThisProcess(child: ChildProcess): void {
  const kill = () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
}
