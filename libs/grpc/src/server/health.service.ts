import { Lifecycle, Readiness } from '@app/lifecycle';
import {
  type sendUnaryData,
  type Server,
  type ServerUnaryCall,
  type ServerWritableStream,
  status as GrpcCode,
} from '@grpc/grpc-js';
import { Injectable } from '@nestjs/common';
import { service as definition } from 'grpc-health-check';
import { LIVENESS_SERVICE } from '../liveness.js';

type ServingStatus = 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';
interface Question {
  service: string;
}
interface Answer {
  status: ServingStatus;
}
type Watcher = ServerWritableStream<Question, Answer>;

/** How often the status is checked for watchers, in milliseconds. */
const WATCH_EVERY_MS = 500;

/**
 * `grpc.health.v1.Health`. The app (`""`) and each of its services are SERVING while the app is ready, as in
 * `/readyz`. Watchers receive each change. Without watchers and requests, nothing is checked.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 */
@Injectable()
export class HealthService {
  private readonly services = new Set(['']);
  private readonly watchers = new Map<Watcher, ServingStatus>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly readiness: Readiness,
    private readonly lifecycle: Lifecycle,
  ) {}

  addTo(server: Server, services: Iterable<string>): void {
    for (const service of services) this.services.add(service);
    server.addService(definition, {
      check: (call: ServerUnaryCall<Question, Answer>, reply: sendUnaryData<Answer>) =>
        void this.check(call.request.service, reply),
      watch: (call: Watcher) => void this.watch(call),
      list: (_: unknown, reply: sendUnaryData<{ statuses: Record<string, Answer> }>) => void this.list(reply),
    });
  }

  /** Sends the current status to the watchers now, without waiting for the next check. */
  async notifyWatchers(): Promise<void> {
    for (const watcher of this.watchers.keys()) await this.update(watcher);
  }

  private async check(service: string, reply: sendUnaryData<Answer>): Promise<void> {
    if (service === LIVENESS_SERVICE) return reply(null, { status: 'SERVING' });
    if (this.services.has(service)) return reply(null, { status: await this.statusNow() });
    reply({ code: GrpcCode.NOT_FOUND, details: `This app has no service "${service}".` });
  }

  private async list(reply: sendUnaryData<{ statuses: Record<string, Answer> }>): Promise<void> {
    const status = await this.statusNow();
    reply(null, { statuses: Object.fromEntries(Array.from(this.services, (name) => [name, { status }])) });
  }

  private async watch(call: Watcher): Promise<void> {
    call.once('cancelled', () => this.remove(call));
    this.watchers.set(call, 'SERVICE_UNKNOWN');
    this.schedule();
    if (this.services.has(call.request.service)) await this.update(call, true);
    else call.write({ status: 'SERVICE_UNKNOWN' });
  }

  private async update(watcher: Watcher, first = false): Promise<void> {
    if (!this.services.has(watcher.request.service)) return;
    const status = await this.statusNow();
    const sent = this.watchers.get(watcher);
    if (sent === undefined || (sent === status && !first)) return;
    this.watchers.set(watcher, status);
    watcher.write({ status });
  }

  private remove(watcher: Watcher): void {
    this.watchers.delete(watcher);
    if (this.watchers.size > 0) return;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.notifyWatchers().finally(() => this.watchers.size > 0 && this.schedule());
    }, WATCH_EVERY_MS).unref();
  }

  /** A stopping app is not ready, whatever the state of its dependencies, so these are not checked. */
  private async statusNow(): Promise<ServingStatus> {
    if (this.lifecycle.stopping) return 'NOT_SERVING';
    return (await this.readiness.report()).ready ? 'SERVING' : 'NOT_SERVING';
  }
}
