import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Server, ServerInterceptingCallInterface } from '@grpc/grpc-js';

/** The largest possible stream id: a GOAWAY with it excludes no call. */
const EVERY_STREAM = 2 ** 31 - 1;

/**
 * Grace period for connections opened during shutdown, in milliseconds. Such a client still has an outdated address
 * list; it receives GOAWAY after this time.
 */
const GRACE_PERIOD_MS = 500;

/** How long the server waits for the PING acknowledgement, in milliseconds. Then it ends the call without it. */
const ACKNOWLEDGED_WITHIN_MS = 1000;

/**
 * Moves the clients of a stopping server to other servers without losing a call, as RFC 9113 describes. The server
 * sends a GOAWAY that excludes no call, then a PING. It serves calls until the client has acknowledged the PING:
 * after that, the client sends no more calls on this connection.
 *
 * Node.js accepts no call on an idle connection after a GOAWAY. So the server sends GOAWAY while a call is open, and
 * the end of that call waits for the acknowledgement. `drain` of grpc-js does none of this.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9113#section-6.8
 */
export class GracefulGoaway {
  private readonly notified = new WeakSet<ServerHttp2Session>();
  /** Connections that were opened after `begin`, with the time at which each was first seen. */
  private readonly late = new WeakMap<ServerHttp2Session, number>();
  private present: WeakSet<ServerHttp2Session> | undefined;
  private isFinishing = false;

  /** From now on, each connection receives GOAWAY at the end of its next call. */
  begin(server: Server): void {
    this.present = new WeakSet(sessionsOf(server));
  }

  /** Ends a call. Sends the GOAWAY of its connection first, when that is due. */
  conclude(call: ServerInterceptingCallInterface, end: () => void): void {
    const session = this.present && sessionOf(call);
    if (!session || session.closed || this.notified.has(session) || this.isInGracePeriod(session))
      return end();
    this.notified.add(session);
    const last = setTimeout(() => end(), ACKNOWLEDGED_WITHIN_MS).unref();
    session.goaway(constants.NGHTTP2_NO_ERROR, EVERY_STREAM);
    session.ping(() => {
      clearTimeout(last);
      end();
    });
  }

  /**
   * From now on, no connection has a grace period. A connection with a call in flight receives GOAWAY at the end of
   * its next call, as before: its client must read the reply before the connection closes. A connection without a call
   * receives GOAWAY at once; its client sends later calls to another server.
   *
   * @param inFlight the calls that have not ended
   */
  finish(server: Server, inFlight: readonly ServerInterceptingCallInterface[]): void {
    this.isFinishing = true;
    this.present ??= new WeakSet();
    const busy = new Set(inFlight.map(sessionOf));
    for (const session of sessionsOf(server))
      if (!session.closed && !this.notified.has(session) && !busy.has(session))
        session.goaway(constants.NGHTTP2_NO_ERROR);
  }

  private isInGracePeriod(session: ServerHttp2Session): boolean {
    if (this.isFinishing || this.present?.has(session)) return false;
    const since = this.late.get(session);
    if (since === undefined) this.late.set(session, performance.now());
    return since === undefined || performance.now() - since < GRACE_PERIOD_MS;
  }
}

// grpc-js has no API for its connections; `graceful-goaway.int-spec.ts` fails when this field changes.

function sessionsOf(server: Server): ServerHttp2Session[] {
  const http2Servers = Reflect.get(server, 'http2Servers') as Map<
    unknown,
    { sessions: Set<ServerHttp2Session> }
  >;
  return [...http2Servers.values()].flatMap(({ sessions }) => [...sessions]);
}

function sessionOf(call: ServerInterceptingCallInterface): ServerHttp2Session | undefined {
  const { session } = Reflect.get(call, 'stream') as ServerHttp2Stream;
  return session as ServerHttp2Session | undefined;
}
