import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** The target of a proxy. */
export interface ProxyTarget {
  port: number;
  /** @default '127.0.0.1' */
  host?: string;
}

/** `requests` go to the server, `replies` come from it. */
export type Flow = 'requests' | 'replies';

const BOTH: readonly Flow[] = ['requests', 'replies'];

interface Link {
  near: Socket;
  far: Socket;
}

/**
 * A proxy between an app and a server that simulates network failures. `cut` resets every connection, also new ones.
 * `stall` keeps connections open and passes no bytes, in both directions or one. `restore` ends the failure.
 */
export class TcpProxy {
  private readonly server: Server;
  private readonly links = new Set<Link>();
  private readonly stalled = new Set<Flow>();
  private isCut = false;

  private constructor(private target: ProxyTarget) {
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

  /** The number of open connections. */
  get connections(): number {
    return this.links.size;
  }

  /** How many bytes the open connections have passed to the server. */
  get sent(): number {
    return [...this.links].reduce((sum, { far }) => sum + far.bytesWritten, 0);
  }

  /** Resets every open connection, and each new one when it is accepted. */
  cut(): void {
    this.isCut = true;
    for (const { near, far } of this.links) {
      for (const socket of [near, far]) reset(socket);
    }
  }

  /** Keeps connections and accepts new ones, but passes no bytes in these directions; by default in both. */
  stall(...flows: readonly Flow[]): void {
    for (const flow of flows.length > 0 ? flows : BOTH) {
      this.stalled.add(flow);
      for (const link of this.links) pause(link, flow);
    }
  }

  /** Stalled connections continue, and new connections are passed on. Connections that were cut stay closed. */
  restore(): void {
    this.isCut = false;
    for (const flow of this.stalled) for (const link of this.links) resume(link, flow);
    this.stalled.clear();
  }

  /** Passes new connections to another target, as after a failover. Open connections keep their target. */
  leadTo(target: ProxyTarget): void {
    this.target = target;
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    if (this.server.listening) await once(this.server, 'close');
  }

  private accept(near: Socket): void {
    if (this.isCut) {
      near.on('error', ignore).resetAndDestroy();
      return;
    }
    const far = connect({ host: '127.0.0.1', ...this.target });
    const link = { near, far };
    this.links.add(link);
    for (const flow of BOTH) (this.stalled.has(flow) ? pause : resume)(link, flow);
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

/** Broken connections are expected here; the event `close` follows. */
function ignore(): void {
  return undefined;
}

/**
 * Ends a socket at once. A reset alone would wait for written bytes that cannot be sent. A socket that is just being
 * ended cannot be reset: libuv refuses it (EINVAL), and Node.js then never emits `close`.
 */
function reset(socket: Socket): void {
  if (!socket.writableEnded) socket.resetAndDestroy();
  socket.destroy();
}

function pause({ near, far }: Link, flow: Flow): void {
  if (flow === 'requests') near.unpipe(far).pause();
  else far.unpipe(near).pause();
}

function resume({ near, far }: Link, flow: Flow): void {
  if (flow === 'requests') near.pipe(far);
  else far.pipe(near);
}
