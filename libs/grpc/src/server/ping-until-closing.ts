import type { ServerHttp2Session } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

type Acknowledge = (error: Error | null, duration: number, payload: Buffer) => void;

interface Http2Server {
  on(event: 'session', listener: (session: ServerHttp2Session) => void): unknown;
}

/**
 * Ends the keepalive of a connection that is closing, so that its calls in flight can end. HTTP/2 of Node.js sends no
 * PING on such a connection; grpc-js takes that for a lost connection and destroys it, with each call on it. So a PING
 * of grpc-js on a closing connection is not sent, but acknowledged at once.
 *
 * @param server must be bound
 * @see https://github.com/grpc/grpc-node/issues/3068 (the same in the client)
 */
export function pingUntilClosing(server: Server): void {
  // grpc-js has no hook for its connections; `connection-age.int-spec.ts` fails when this field changes.
  const http2Servers = Reflect.get(server, 'http2Servers') as Map<Http2Server, unknown>;
  for (const http2 of http2Servers.keys())
    http2.on('session', (session) => {
      const ping = session.ping.bind(session) as (...parameters: unknown[]) => boolean;
      const acknowledgeAtOnce = (...parameters: unknown[]): true => {
        const acknowledge = parameters.at(-1) as Acknowledge;
        process.nextTick(acknowledge, null, 0, Buffer.alloc(0));
        return true;
      };
      session.ping = (...parameters: unknown[]) =>
        session.closed && !session.destroyed ? acknowledgeAtOnce(...parameters) : ping(...parameters);
    });
}
