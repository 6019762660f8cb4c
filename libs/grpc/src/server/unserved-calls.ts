import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AccessClient } from '@app/logging';
import { type Server, type ServerInterceptingCallInterface, status as GrpcCode } from '@grpc/grpc-js';

/** The method label of all unknown paths. A client may send any text as a path, so the path itself is not a label. */
export const UNMATCHED = 'unmatched';

const { HTTP2_HEADER_PATH, HTTP2_HEADER_STATUS } = constants;
const SERVED = Symbol('served');

type Stream = ServerHttp2Stream & { [SERVED]?: true };
type StreamListener = (stream: Stream, headers: IncomingHttpHeaders) => void;
interface Http2Server {
  on(event: 'stream', listener: StreamListener): unknown;
}

export interface UnservedCall {
  readonly path: string;
  readonly code: number;
  readonly client: AccessClient;
}

/** Marks a call that a `ServedCall` counts. */
export function markServed(call: ServerInterceptingCallInterface): void {
  (Reflect.get(call, 'stream') as Stream)[SERVED] = true;
}

/**
 * Observes the calls that grpc-js ends before an interceptor sees them: an unknown method, another content type, a
 * client that disconnects at once.
 *
 * @param server must be bound; its own listeners run before this one
 */
export function observeUnserved(server: Server, observe: (call: UnservedCall) => void): void {
  // grpc-js has no hook before its interceptors; `unserved-calls.int-spec.ts` fails when this field changes.
  const http2Servers = Reflect.get(server, 'http2Servers') as Map<Http2Server, unknown>;
  for (const http2 of http2Servers.keys())
    http2.on('stream', (stream, headers) => {
      if (stream[SERVED]) return;
      const client = { address: stream.session?.socket.remoteAddress, userAgent: headers['user-agent'] };
      observe({ path: String(headers[HTTP2_HEADER_PATH]), code: codeOf(stream), client });
    });
}

/** The code that was sent. Without one, the request was not gRPC, or the client has disconnected already. */
function codeOf({ sentHeaders }: ServerHttp2Stream): number {
  const code = sentHeaders['grpc-status'];
  if (code !== undefined) return Number(code);
  return sentHeaders[HTTP2_HEADER_STATUS] === undefined ? GrpcCode.CANCELLED : GrpcCode.INVALID_ARGUMENT;
}
