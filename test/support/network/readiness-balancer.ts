import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type Backend, ReadyBackends } from './ready-backends.js';

/**
 * Distributes new connections in turn to backends whose `/readyz` returns 200, like a Kubernetes Service. It never
 * closes open connections: that is the task of the backend and its client.
 */
export class ReadinessBalancer {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private turn = 0;

  private constructor(private readonly backends: ReadyBackends) {
    this.server = createServer((near) => this.accept(near));
  }

  static async before(...backends: Backend[]): Promise<ReadinessBalancer> {
    const balancer = new ReadinessBalancer(await ReadyBackends.of(backends));
    balancer.server.listen(0, '127.0.0.1');
    await once(balancer.server, 'listening');
    return balancer;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.backends.close();
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(near: Socket): void {
    const candidates = this.backends.list();
    const chosen = candidates[this.turn++ % Math.max(1, candidates.length)];
    if (!chosen) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(chosen.port, chosen.host ?? '127.0.0.1');
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
