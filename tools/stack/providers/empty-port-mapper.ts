import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

/**
 * A substitute for the Erlang port mapper daemon (epmd), without registered nodes. RabbitMQ queries an epmd when it
 * boots, and fails without one. A real epmd would keep running as a daemon; this server runs only during the boot.
 *
 * @see https://www.erlang.org/doc/apps/erts/erl_dist_protocol.html#get-all-registered-names-from-epmd
 */
export class EmptyPortMapper implements Disposable {
  private readonly server: Server;

  private constructor(server: Server) {
    this.server = server;
  }

  static async open(): Promise<EmptyPortMapper> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        const reply = Buffer.alloc(4);
        reply.writeUInt32BE((server.address() as AddressInfo).port); // followed by no names
        socket.end(reply);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new EmptyPortMapper(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  [Symbol.dispose](): void {
    this.server.close();
  }
}
