import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Server, ServerInterceptingCallInterface } from '@grpc/grpc-js';

/** The largest id of a stream: no call comes after it. */
const EVERY_STREAM = 2 ** 31 - 1;

/** How long who comes while the server leaves may stay before it is told so: its list of addresses is old. */
const STAY_MS = 500;

/** How long a client may take to acknowledge; one that does not is left to the end of the server. */
const ACKNOWLEDGED_WITHIN_MS = 1000;

/**
 * Sends the clients of a server elsewhere without losing a call on the way, as RFC 9113 describes it: a GOAWAY that
 * excludes no call, and service until the client has acknowledged a PING behind it, for then it sends no more. HTTP/2
 * of Node.js takes no call on a connection that was told to go and is idle. So each is told while a call is open, and
 * the end of that call waits for the acknowledgement. `drain` of grpc-js does none of this.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9113#section-6.8
 */
export class GracefulGoaway {
  private readonly told = new WeakSet<ServerHttp2Session>();
  /** When connections were first seen that had not been there when the server began to leave. */
  private readonly late = new WeakMap<ServerHttp2Session, number>();
  private present: WeakSet<ServerHttp2Session> | undefined;

  /** From now on each connection is told at the end of its next call. */
  begin(server: Server): void {
    this.present = new WeakSet(sessionsOf(server));
  }

  /** Ends a call, after the goaway of its connection where this is the moment for it. */
  conclude(call: ServerInterceptingCallInterface, end: () => void): void {
    const session = this.present && sessionOf(call);
    if (!session || session.closed || this.told.has(session) || this.mayStay(session)) return end();
    this.told.add(session);
    const last = setTimeout(() => end(), ACKNOWLEDGED_WITHIN_MS).unref();
    session.goaway(constants.NGHTTP2_NO_ERROR, EVERY_STREAM);
    session.ping(() => {
      clearTimeout(last);
      end();
    });
  }

  /** Tells those that had no call: what they send from now on they repeat elsewhere by themselves. */
  finish(server: Server): void {
    for (const session of sessionsOf(server))
      if (!session.closed && !this.told.has(session)) session.goaway(constants.NGHTTP2_NO_ERROR);
    this.present = undefined;
  }

  private mayStay(session: ServerHttp2Session): boolean {
    if (this.present?.has(session)) return false;
    const since = this.late.get(session);
    if (since === undefined) this.late.set(session, performance.now());
    return since === undefined || performance.now() - since < STAY_MS;
  }
}

// grpc-js keeps connections to itself; `graceful-goaway.int-spec.ts` tells when it does so in another way.

function sessionsOf(server: Server): ServerHttp2Session[] {
  const listeners = Reflect.get(server, 'http2Servers') as Map<
    unknown,
    { sessions: Set<ServerHttp2Session> }
  >;
  return [...listeners.values()].flatMap(({ sessions }) => [...sessions]);
}

function sessionOf(call: ServerInterceptingCallInterface): ServerHttp2Session | undefined {
  const { session } = Reflect.get(call, 'stream') as ServerHttp2Stream;
  return session as ServerHttp2Session | undefined;
}
