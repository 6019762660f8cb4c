import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { parse } from 'yaml';
import type { AppName, AppProcess, Exit } from '../../support/apps/app-process.js';
import { freePort } from '../../support/network/free-port.js';
import { HeadlessDns } from '../../support/network/headless-dns.js';
import { ReadinessBalancer } from '../../support/network/readiness-balancer.js';
import { ScratchRabbitMq } from '../../support/servers/scratch-rabbitmq.js';
import { ScratchRedisServer } from '../../support/servers/scratch-redis-server.js';
import type { Place, Release } from './release.js';

const { postgres } = parse(readFileSync('config/test.yaml', 'utf8')) as { postgres: { url: string } };

/** The number of replicas of each app, except during a replacement. */
const REPLICAS = { 'grpc-server': 2, worker: 1, gateway: 2 } as const;
/** How long a busy machine may take to start five processes. */
const PATIENCE_MS = 120_000;

export type Member = keyof typeof REPLICAS;

/**
 * The apps of the counters, as in a cluster: gateways behind a load balancer, the others behind DNS names with the
 * addresses of the ready ones. It has its own servers and schemas.
 */
export class RollingFixture {
  private readonly running: Record<Member, AppProcess[]> = { 'grpc-server': [], worker: [], gateway: [] };
  /** The name of its schemas, and the type of its counters. */
  readonly name = `rolling_${randomBytes(5).toString('hex')}`;

  private constructor(
    private readonly rabbitmq: ScratchRabbitMq,
    private readonly redis: ScratchRedisServer,
    private readonly observer: pg.Client,
    private readonly places: Record<Member, Place[]>,
    private readonly dns: HeadlessDns,
    private readonly balancer: ReadinessBalancer,
  ) {}

  /** Creates empty places for the pods of two releases, and starts the servers that they need. */
  static async build(): Promise<RollingFixture> {
    const observer = new pg.Client(postgres.url);
    const [rabbitmq, redis, , grpcServers, workers, gateways] = await Promise.all([
      ScratchRabbitMq.start(),
      ScratchRedisServer.start({ args: ['--maxmemory-policy', 'noeviction'] }),
      observer.connect(),
      namedPlaces(2 * REPLICAS['grpc-server']),
      namedPlaces(2 * REPLICAS.worker),
      gatewayPlaces(2 * REPLICAS.gateway),
    ]);
    const [dns, balancer] = await Promise.all([
      HeadlessDns.of({ 'grpc-server.test': grpcServers, 'worker.test': workers }),
      ReadinessBalancer.before(...gateways),
    ]);
    const places = { 'grpc-server': grpcServers, worker: workers, gateway: gateways };
    return new RollingFixture(rabbitmq, redis, observer, places, dns, balancer);
  }

  /** The URL for clients. */
  get url(): string {
    return `http://127.0.0.1:${this.balancer.port}`;
  }

  /** Migrates both schemas to the release, while the running apps continue. */
  async migrate(release: Release): Promise<void> {
    for (const app of ['grpc-server', 'worker'] as const) await release.migrate(app, this.envOf(app));
  }

  /** Starts the first release on migrated schemas. The gateways start after the apps that they call. */
  async open(release: Release): Promise<void> {
    for (const members of [['grpc-server', 'worker'], ['gateway']] as const) {
      for (const app of members)
        for (let index = 0; index < REPLICAS[app]; index++)
          this.running[app].push(this.launch(app, index, release));
      const started = members.flatMap((app) => this.running[app]);
      await Promise.all(started.map((app) => app.ready({ within: PATIENCE_MS })));
    }
  }

  /** Replaces a pod like a Deployment: starts the new pod first, and stops the old one when the new one is ready. */
  async replace(app: Member, index: number, release: Release): Promise<Exit> {
    const [apps, old] = [this.running[app], this.running[app][index]];
    if (!old) throw new Error(`There is no ${app} ${index}.`);
    const next = this.launch(app, REPLICAS[app] + index, release);
    apps[index] = next;
    apps.push(old);
    await next.ready({ within: PATIENCE_MS });
    old.signal('SIGTERM');
    const exit = await old.exited;
    apps.splice(apps.indexOf(old), 1);
    return exit;
  }

  /** The versions that the running apps report. */
  async versions(): Promise<string[]> {
    const apps = Object.values(this.running).flat();
    const infos = await Promise.all(apps.map(({ management }) => management.get('/info')));
    return infos.map((info) => String(info.json()['version']));
  }

  async query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
    return (await this.observer.query<Row>(sql)).rows;
  }

  schemaOf(app: Member): string {
    return `${this.name}_${app.replace('-', '_')}`;
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.running).flatMap((apps) => apps.map((app) => app.stop())));
    this.dns.close();
    await Promise.all([this.balancer.close(), this.rabbitmq.remove(), this.redis.remove()]);
    for (const app of ['grpc-server', 'worker'] as const)
      await this.observer.query(`DROP SCHEMA IF EXISTS ${this.schemaOf(app)} CASCADE`);
    await this.observer.end();
  }

  private launch(app: Member, at: number, release: Release): AppProcess {
    const place = this.places[app][at];
    if (!place) throw new Error(`There is no place ${at} for a ${app}.`);
    return release.launch(app, place, this.envOf(app));
  }

  private envOf(app: AppName & Member): Record<string, string> {
    const [{ port: grpcPort } = { port: 0 }] = this.places['grpc-server'];
    const [{ port: workerPort } = { port: 0 }] = this.places.worker;
    return {
      ...this.dns.env,
      APP__POSTGRES__SCHEMA: this.schemaOf(app),
      APP__LOCKS__SCHEMA: this.schemaOf('grpc-server'),
      APP__MESSAGING__RELAY__SOURCES: JSON.stringify([this.schemaOf('grpc-server')]),
      APP__REDIS__STATE__URL: this.redis.url,
      APP__RABBITMQ__URL: this.rabbitmq.url,
      APP__UPSTREAMS__GRPC_SERVER__ADDRESS: this.dns.addressOf('grpc-server.test', grpcPort),
      APP__UPSTREAMS__WORKER__ADDRESS: this.dns.addressOf('worker.test', workerPort),
      APP__LIFECYCLE__DRAIN_WAIT: '800ms',
      APP__LOGGING__ACCESS_LOG__ENABLED: 'false',
      // This suite does not test the speed of a busy machine.
      APP__RESILIENCE__POLICIES__COUNTER_LEDGER__ATTEMPT_TIMEOUT: '20s',
      APP__RESILIENCE__POLICIES__COUNTER_LEDGER__TOTAL_TIMEOUT: '20s',
      APP__RESILIENCE__POLICIES__GRPC_SERVER__ATTEMPT_TIMEOUT: '20s',
      APP__RESILIENCE__POLICIES__GRPC_SERVER__TOTAL_TIMEOUT: '20s',
      APP__REDIS__COMMAND_TIMEOUT: '20s',
      APP__UPSTREAMS__GRPC_SERVER__TIMEOUT: '20s',
      APP__UPSTREAMS__GRPC_SERVER__KEEPALIVE_TIME: '10s',
      APP__UPSTREAMS__GRPC_SERVER__KEEPALIVE_TIMEOUT: '10s',
    };
  }
}

/** All places of a name have one port, and each has its own address, like pods. */
async function namedPlaces(count: number): Promise<Place[]> {
  const port = await freePort();
  const [a, b] = randomBytes(2);
  const hosts = Array.from({ length: count }, (_, index) => `127.${a}.${b}.${index + 1}`);
  return Promise.all(hosts.map(async (host) => ({ host, port, managementPort: await freePort() })));
}

async function gatewayPlaces(count: number): Promise<Place[]> {
  const places: Place[] = [];
  for (let index = 0; index < count; index++) {
    places.push({ host: '127.0.0.1', port: await freePort(), managementPort: await freePort() });
  }
  return places;
}
