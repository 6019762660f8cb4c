import type { MethodDefinition } from '@app/contracts';
import { type AppError, type Outcome, withoutOutcome } from '@app/errors';
import { type ServiceError, status as GrpcCode } from '@grpc/grpc-js';
import type { Channel } from '../grpc.channels.js';
import { fromWire } from '../wire-error.js';

/** What every kind of call of grpc-js can be asked. */
export interface OutgoingCall {
  getPeer(): string;
}

/** grpc-js reports RST_STREAM(REFUSED_STREAM), and a stream above the last one that a GOAWAY names, with these words only. */
const NOT_PROCESSED = 'Stream refused by server';

/**
 * Statuses that grpc-js makes when a stream ends without one: the connection closed, or RST_STREAM came. No server has
 * sent them, so they have no metadata.
 */
const WITHOUT_ANSWER: ReadonlySet<number> = new Set([
  GrpcCode.UNKNOWN,
  GrpcCode.INTERNAL,
  GrpcCode.CANCELLED,
  GrpcCode.RESOURCE_EXHAUSTED,
]);

/** What grpc-js says when this side has ended the call: by `cancel()`, or for a message beyond its own limit. */
const BY_OURSELVES = /^Cancelled on client|larger than/;

/** The error of a call that failed: the one that the server raised, or the one that fits what became of the call. */
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
 * What became of a failed call; nothing when the server has answered, since its error says what happened.
 *
 * A call has a peer of its own from the moment that it is handed to a connection; until then grpc-js names the target of
 * the channel. A request that was handed over may have reached its handler, unless HTTP/2 says that it did not.
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
  if (code === GrpcCode.UNAVAILABLE && details === NOT_PROCESSED) return 'refused';
  // A proxy answers UNAVAILABLE too when it loses a connection; without a reason of ours it says nothing of the request.
  if (code === GrpcCode.UNAVAILABLE || code === GrpcCode.DEADLINE_EXCEEDED) return 'unknown';
  const isOfServer = Object.keys(metadata?.getMap() ?? {}).length > 0;
  return !isOfServer && WITHOUT_ANSWER.has(code) && !BY_OURSELVES.test(details) ? 'unknown' : undefined;
}
