import { RpcStatus } from '@app/contracts';
import {
  AppError,
  CancelledError,
  DeadlineExceededError,
  type Outcome,
  OutcomeUnknownError,
  statusOfGrpcCode,
  toAppError,
  UpstreamUnavailableError,
} from '@app/errors';
import { Metadata, type ServiceError, status as GrpcCode } from '@grpc/grpc-js';
import { MessageTooLargeError } from './grpc.errors.js';
import { fromErrorInfo, toRpcStatus } from './rpc-status.js';
import type { WireStatus } from './wire-status.js';

const DETAILS_KEY = 'grpc-status-details-bin';

/** Encodes an error for gRPC: its status code, and a `google.rpc.Status` in `grpc-status-details-bin`. */
export function toWire(error: AppError): WireStatus {
  const rpcStatus = toRpcStatus(error);
  const trailers = new Metadata();
  trailers.set(DETAILS_KEY, Buffer.from(RpcStatus.encode(rpcStatus).finish()));
  return { code: rpcStatus.code, details: rpcStatus.message, metadata: trailers };
}

/**
 * Decodes the error of a failed call. Without an `ErrorInfo` of the server, the error is built from the status code and
 * names the upstream.
 *
 * @param outcome the outcome of the call, where the server did not state it
 */
export function fromWire(thrown: unknown, upstream: string, method: string, outcome?: Outcome): AppError {
  const error = thrown as ServiceError;
  if (typeof error?.code !== 'number') return toAppError(thrown);
  return fromDetails(error) ?? fromCode(error, { upstream, method, outcome });
}

function fromDetails(error: ServiceError): AppError | undefined {
  const [bytes] = error.metadata?.get(DETAILS_KEY) ?? [];
  if (!(bytes instanceof Buffer)) return undefined;
  const { details } = RpcStatus.decode(bytes);
  return fromErrorInfo({ code: error.code, message: error.details, details }, error);
}

interface FailedCall {
  readonly upstream: string;
  readonly method: string;
  readonly outcome: Outcome | undefined;
}

function fromCode(error: ServiceError, call: FailedCall): AppError {
  const { upstream, method, outcome } = call;
  if (error.code === GrpcCode.DEADLINE_EXCEEDED) return DeadlineExceededError.of(method, error, outcome);
  if (outcome === 'unknown') return OutcomeUnknownError.of(upstream, error);
  switch (error.code) {
    case GrpcCode.UNAVAILABLE:
      return UpstreamUnavailableError.of(upstream, error, outcome);
    case GrpcCode.CANCELLED:
      return CancelledError.of(method, error);
    case GrpcCode.RESOURCE_EXHAUSTED:
      return exhausted(error, upstream, method);
    default:
      return ofCode(error, upstream, method);
  }
}

/** The details of the gRPC libraries for JavaScript, C, Go and Java when a message exceeds a limit, with that limit. */
const TOO_LARGE = /larger than (?:max )?(?:\(\d+ vs\.? )?(\d+)|exceeds maximum size (\d+)/;
/** The details of the side that sends. All others come from the side that receives. */
const WHILE_SENDING = /\b(?:send|sent) message/i;

function exhausted(error: ServiceError, upstream: string, method: string): AppError {
  const [, limit, maximum = limit] = TOO_LARGE.exec(error.details) ?? [];
  if (maximum === undefined) return ofCode(error, upstream, method);
  // A status that was created on this side has no metadata.
  const isOfServer = Object.keys(error.metadata?.getMap() ?? {}).length > 0;
  const isRequest = WHILE_SENDING.test(error.details) !== isOfServer;
  return MessageTooLargeError[isRequest ? 'request' : 'response'](method, Number(maximum));
}

function ofCode(error: ServiceError, upstream: string, method: string): AppError {
  return new AppError({
    reason: GrpcCode[error.code] ?? 'UNKNOWN',
    status: statusOfGrpcCode(error.code),
    message: `${upstream} answered ${method} with ${GrpcCode[error.code] ?? error.code}.`,
    cause: error,
  });
}
