import type { MethodDefinition } from '@app/contracts';
import { type AppError, type Outcome, withoutOutcome } from '@app/errors';
import { type ServiceError, status as GrpcCode } from '@grpc/grpc-js';
import type { Channel } from '../grpc.channels.js';
import { fromWire } from '../wire-error.js';

/** The part that all kinds of grpc-js calls share. */
export interface OutgoingCall {
  getPeer(): string;
}

/**
 * The details of two cases in grpc-js: RST_STREAM(REFUSED_STREAM), and a stream id above the last one that a GOAWAY
 * names, also while the request was being written. It reports them in no other way.
 */
const NOT_PROCESSED = /^Stream refused by server$|NGHTTP2_REFUSED_STREAM$/;

/**
 * Statuses that grpc-js creates when a stream ends without a status, because the connection closed or RST_STREAM
 * arrived. No server sent them, so they have no metadata.
 */
const LOCAL_STATUSES: ReadonlySet<number> = new Set([
  GrpcCode.UNKNOWN,
  GrpcCode.INTERNAL,
  GrpcCode.CANCELLED,
  GrpcCode.RESOURCE_EXHAUSTED,
]);

/** The details when this side ended the call: by `cancel()`, or because a message exceeded the client's own limit. */
const CANCELLED_LOCALLY = /^Cancelled on client|larger than/;

/** The error of a failed call: the error that the server sent, or else one that states the outcome of the call. */
export function errorOfCall(
  thrown: unknown,
  { path, idempotency }: Pick<MethodDefinition, 'path' | 'idempotency'>,
  call: OutgoingCall | undefined,
  { client, upstream }: Pick<Channel, 'client' | 'upstream'>,
): AppError {
  if (idempotency === 'no_side_effects') return withoutOutcome(fromWire(thrown, upstream, path));
  const target = client.getChannel().getTarget();
  return fromWire(
    thrown,
    upstream,
    path,
    outcomeOf(thrown as Partial<ServiceError> | undefined, call, target),
  );
}

/**
 * The outcome of a failed call. Undefined when the server answered: then its error states what happened.
 *
 * A call has its own peer once grpc-js has assigned it to a connection. Before that, its peer is the target of the
 * channel. An assigned request may have reached its handler, unless HTTP/2 says that it did not.
 *
 * @see https://grpc.io/docs/guides/retry/ (transparent retry)
 */
function outcomeOf(
  { code, details = '', metadata }: Partial<ServiceError> = {},
  call: OutgoingCall | undefined,
  target: string,
): Outcome | undefined {
  if (code === undefined) return undefined;
  if (call?.getPeer() === target) return 'refused';
  if (code === GrpcCode.UNAVAILABLE && NOT_PROCESSED.test(details)) return 'refused';
  // A proxy also answers UNAVAILABLE when it loses a connection. Without an ErrorInfo the outcome is unknown.
  if (code === GrpcCode.UNAVAILABLE || code === GrpcCode.DEADLINE_EXCEEDED) return 'unknown';
  const isOfServer = Object.keys(metadata?.getMap() ?? {}).length > 0;
  return !isOfServer && LOCAL_STATUSES.has(code) && !CANCELLED_LOCALLY.test(details) ? 'unknown' : undefined;
}
