import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { HttpClient } from './http-client.js';

/** What stands behind a balancer. */
export interface Backend {
  /** Where its traffic goes. */
  port: number;
  managementPort: number;
}

const LOOK_EVERY_MS = 50;

/**
 * Hands new connections to backends whose `/readyz` says 200, in turn, as a Kubernetes Service does. Connections
 * that stand are left alone: leaving them is the business of the backend and its client.
 */
export class ReadinessBalancer {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly ready = new Set<Backend>();
  private turn = 0;
  private looking = true;

  private constructor(private readonly backends: readonly Backend[]) {
    this.server = createServer((near) => this.accept(near));
  }

  static async before(...backends: Backend[]): Promise<ReadinessBalancer> {
    const balancer = new ReadinessBalancer(backends);
    balancer.server.listen(0, '127.0.0.1');
    await once(balancer.server, 'listening');
    await Promise.all(backends.map((backend) => balancer.look(backend)));
    for (const backend of backends) void balancer.follow(backend);
    return balancer;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.looking = false;
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private async follow(backend: Backend): Promise<void> {
    while (this.looking) {
      await delay(LOOK_EVERY_MS);
      await this.look(backend);
    }
  }

  private async look(backend: Backend): Promise<void> {
    const management = new HttpClient(`http://127.0.0.1:${backend.managementPort}`);
    const ready = await management.get('/readyz').then(
      ({ status }) => status === 200,
      () => false,
    );
    if (ready) this.ready.add(backend);
    else this.ready.delete(backend);
  }

  private accept(near: Socket): void {
    const candidates = this.backends.filter((backend) => this.ready.has(backend));
    const chosen = candidates[this.turn++ % Math.max(1, candidates.length)];
    if (!chosen) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(chosen.port, '127.0.0.1');
    this.join(near, far);
    this.join(far, near);
  }

  private join(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.setNoDelay(true);
    from.pipe(to);
    from.once('error', () => to.resetAndDestroy());
    from.once('close', () => {
      this.sockets.delete(from);
      to.end();
    });
  }
}
