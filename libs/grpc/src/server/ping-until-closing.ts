import type { ServerHttp2Session } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

type Acknowledge = (error: Error | null, duration: number, payload: Buffer) => void;

interface Http2Listener {
  on(event: 'session', listener: (session: ServerHttp2Session) => void): unknown;
}

/**
 * Ends the keepalive of a connection that is closing, so that its calls in flight have their grace. HTTP/2 of Node.js
 * sends no PING on such a connection; grpc-js takes that for a lost connection and destroys it, with each call on it.
 *
 * @param listener a bound server
 * @see https://github.com/grpc/grpc-node/issues/3068 (the same in the client)
 */
export function pingUntilClosing(listener: Server): void {
  // grpc-js has no hook for its connections; `connection-age.int-spec.ts` fails when this field changes.
  const listeners = Reflect.get(listener, 'http2Servers') as Map<Http2Listener, unknown>;
  for (const http2 of listeners.keys())
    http2.on('session', (session) => {
      const ping = session.ping.bind(session) as (...parameters: unknown[]) => boolean;
      const acknowledged = (...parameters: unknown[]): true => {
        const acknowledge = parameters.at(-1) as Acknowledge;
        process.nextTick(acknowledge, null, 0, Buffer.alloc(0));
        return true;
      };
      session.ping = (...parameters: unknown[]) =>
        session.closed && !session.destroyed ? acknowledged(...parameters) : ping(...parameters);
    });
}
