import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Where a proxy leads. */
export interface ProxyTarget {
  port: number;
  /** @default '127.0.0.1' */
  host?: string;
}

type Mode = 'open' | 'cut' | 'stalled';

interface Link {
  near: Socket;
  far: Socket;
}

/**
 * Stands between an app and a server, and is the network's bad day: `cut` resets every connection and refuses
 * new ones, `stall` keeps them open and lets nothing through, `restore` is a good network again.
 */
export class TcpProxy {
  private readonly server: Server;
  private readonly links = new Set<Link>();
  private mode: Mode = 'open';

  private constructor(private readonly target: ProxyTarget) {
    this.server = createServer((near) => this.accept(near));
  }

  static async before(target: ProxyTarget): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** How many connections stand. */
  get connections(): number {
    return this.links.size;
  }

  /** Resets every connection; new ones are reset as they come. */
  cut(): void {
    this.mode = 'cut';
    for (const { near, far } of this.links) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  /** Connections stay and new ones are accepted, but no byte goes either way. */
  stall(): void {
    this.mode = 'stalled';
    for (const link of this.links) pause(link);
  }

  /** What was stalled flows on; what was cut stays cut, and new connections come through. */
  restore(): void {
    this.mode = 'open';
    for (const link of this.links) resume(link);
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    if (this.server.listening) await once(this.server, 'close');
  }

  private accept(near: Socket): void {
    if (this.mode === 'cut') {
      near.on('error', ignore).resetAndDestroy();
      return;
    }
    const far = connect({ host: '127.0.0.1', ...this.target });
    const link = { near, far };
    this.links.add(link);
    near.pipe(far);
    far.pipe(near);
    if (this.mode === 'stalled') pause(link);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.on('error', ignore).once('close', () => {
        this.links.delete(link);
        other.destroy();
      });
    }
  }
}

/** A broken connection is what this is for; its `close` follows. */
function ignore(): void {
  return undefined;
}

function pause({ near, far }: Link): void {
  near.unpipe(far).pause();
  far.unpipe(near).pause();
}

function resume({ near, far }: Link): void {
  near.pipe(far);
  far.pipe(near);
}
