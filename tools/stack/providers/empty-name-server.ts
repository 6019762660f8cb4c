import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

/**
 * An Erlang port mapper (epmd) that knows no node. RabbitMQ refuses to boot when it cannot ask one whether its name
 * is taken, and a real one would stay behind as a daemon; this one lives as long as the boot.
 *
 * @see https://www.erlang.org/doc/apps/erts/erl_dist_protocol.html#get-all-registered-names-from-epmd
 */
export class EmptyNameServer implements Disposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<EmptyNameServer> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        const reply = Buffer.alloc(4);
        reply.writeUInt32BE((server.address() as AddressInfo).port); // and no names behind it
        socket.end(reply);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new EmptyNameServer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  [Symbol.dispose](): void {
    this.#server.close();
  }
}
