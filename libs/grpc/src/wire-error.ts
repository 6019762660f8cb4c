import { Any, ErrorInfo, RpcStatus } from '@app/contracts';
import {
  AppError,
  CancelledError,
  DeadlineExceededError,
  type Status,
  statusOfGrpcCode,
  UpstreamUnavailableError,
} from '@app/errors';
import { Metadata, type ServiceError, status as GrpcCode, type StatusObject } from '@grpc/grpc-js';

const DETAILS_KEY = 'grpc-status-details-bin';
const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo';
const DOMAIN = 'ganymede';

/**
 * An error as gRPC carries it: the status code, and in `grpc-status-details-bin` a `google.rpc.Status` whose
 * `ErrorInfo` holds the reason, so that the other side can make the same `AppError` of it.
 *
 * @see https://google.aip.dev/193
 */
export function toWire(error: AppError): Partial<StatusObject> {
  const metadata: Record<string, string> = { http_status: String(error.status.http) };
  if (error.details) metadata['details'] = JSON.stringify(error.details);
  if (error.retryAfterMs !== undefined) metadata['retry_after_ms'] = String(error.retryAfterMs);
  const info = ErrorInfo.encode({ reason: error.reason, domain: DOMAIN, metadata }).finish();
  const details: Any[] = [{ typeUrl: ERROR_INFO, value: Buffer.from(info) }];
  const rpcStatus = RpcStatus.encode({ code: error.status.grpc, message: error.message, details }).finish();
  const trailers = new Metadata();
  trailers.set(DETAILS_KEY, Buffer.from(rpcStatus));
  return { code: error.status.grpc, details: error.message, metadata: trailers };
}

/** The error that a call ended with, as the server meant it; `upstream` names it when it did not say. */
export function fromWire(error: ServiceError, upstream: string, method: string): AppError {
  return fromErrorInfo(error) ?? fromCode(error, upstream, method);
}

function fromErrorInfo(error: ServiceError): AppError | undefined {
  const [bytes] = error.metadata?.get(DETAILS_KEY) ?? [];
  if (!(bytes instanceof Buffer)) return undefined;
  const packed = RpcStatus.decode(bytes).details.find(({ typeUrl }) => typeUrl === ERROR_INFO);
  if (!packed) return undefined;
  const { reason, metadata } = ErrorInfo.decode(packed.value);
  return new AppError({
    reason,
    status: statusOf(error.code, metadata['http_status']),
    // Whoever raised it has logged it as loud as it is.
    logLevel: 'debug',
    message: error.details,
    details: metadata['details'] === undefined ? undefined : JSON.parse(metadata['details']),
    retryAfterMs: metadata['retry_after_ms'] === undefined ? undefined : Number(metadata['retry_after_ms']),
    retryable: error.code === GrpcCode.UNAVAILABLE,
    cause: error,
  });
}

function fromCode(error: ServiceError, upstream: string, method: string): AppError {
  switch (error.code) {
    case GrpcCode.UNAVAILABLE:
      return UpstreamUnavailableError.of(upstream, error);
    case GrpcCode.DEADLINE_EXCEEDED:
      return DeadlineExceededError.of(method, error);
    case GrpcCode.CANCELLED:
      return CancelledError.of(method, error);
    default:
      return new AppError({
        reason: GrpcCode[error.code] ?? 'UNKNOWN',
        status: statusOfGrpcCode(error.code),
        message: `${upstream} answered ${method} with ${GrpcCode[error.code] ?? error.code}.`,
        cause: error,
      });
  }
}

function statusOf(grpc: number, http: string | undefined): Status {
  const row = statusOfGrpcCode(grpc);
  return http === undefined ? row : ({ http: Number(http), grpc } as Status);
}
