import { type Any, BadRequest, ErrorInfo, RetryInfo, RpcStatus } from '@app/contracts';
import {
  AppError,
  CancelledError,
  DeadlineExceededError,
  type Outcome,
  OutcomeUnknownError,
  type Status,
  statusOfGrpcCode,
  toAppError,
  UpstreamUnavailableError,
  type ValidationIssue,
} from '@app/errors';
import { Metadata, type ServiceError, status as GrpcCode } from '@grpc/grpc-js';
import { MessageTooLargeError } from './grpc.errors.js';
import type { WireStatus } from './wire-status.js';

const DETAILS_KEY = 'grpc-status-details-bin';
const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo';
const BAD_REQUEST = 'type.googleapis.com/google.rpc.BadRequest';
const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';
const DOMAIN = 'ganymede';

/**
 * Encodes an error for gRPC: the status code, and in `grpc-status-details-bin` a `google.rpc.Status` whose
 * `ErrorInfo` holds the reason. The other side builds the same `AppError` from it. For other clients, `BadRequest`
 * lists the faults of a request, and `RetryInfo` states when to try again.
 *
 * @see https://google.aip.dev/193
 */
export function toWire(error: AppError): WireStatus {
  const message = wireText(error.message);
  const details = [errorInfoOf(error), ...badRequestOf(error), ...retryInfoOf(error)];
  const rpcStatus = RpcStatus.encode({ code: error.status.grpc, message, details }).finish();
  const trailers = new Metadata();
  trailers.set(DETAILS_KEY, Buffer.from(rpcStatus));
  return { code: error.status.grpc, details: message, metadata: trailers };
}

/** Trailers are HTTP/2 headers, which are limited to 64 KiB, and base64 adds a third. */
const MAX_MESSAGE = 2048;
const MAX_DETAILS = 8192;
const MAX_ISSUES = 20;

/** grpc-js encodes the message as a URI, which throws on half a surrogate pair. */
function wireText(message: string): string {
  return message.slice(0, MAX_MESSAGE).toWellFormed();
}

function errorInfoOf({ reason, status, details, retryAfterMs, countsAsFailure }: AppError): Any {
  const metadata: Record<string, string> = { http_status: String(status.http) };
  const facts = factsOf(details);
  if (facts !== undefined) metadata['details'] = facts;
  if (retryAfterMs !== undefined) metadata['retry_after_ms'] = String(retryAfterMs);
  if (countsAsFailure !== undefined) metadata['counts_as_failure'] = String(countsAsFailure);
  return pack(ERROR_INFO, ErrorInfo.encode({ reason, domain: DOMAIN, metadata }).finish());
}

/** The details as JSON. A long list of issues is cut to its first items; details that stay too large are left out. */
function factsOf(details: AppError['details']): string | undefined {
  if (!details) return undefined;
  const whole = textOf(details);
  if (whole.length <= MAX_DETAILS) return whole;
  const fewer = textOf({ ...details, issues: issuesOf(details).slice(0, MAX_ISSUES) });
  return fewer.length <= MAX_DETAILS ? fewer : undefined;
}

/** An error must arrive even when its details cannot be serialized, as with a cycle or a BigInt. */
function textOf(details: object): string {
  try {
    return JSON.stringify(details);
  } catch {
    return '{}';
  }
}

function badRequestOf({ details }: AppError): Any[] {
  const issues = issuesOf(details).slice(0, MAX_ISSUES);
  if (issues.length === 0) return [];
  const fieldViolations = issues.map(({ path, message }) => ({
    field: wireText(path),
    description: wireText(message),
    reason: '',
    localizedMessage: undefined,
  }));
  return [pack(BAD_REQUEST, BadRequest.encode({ fieldViolations }).finish())];
}

function retryInfoOf({ retryAfterMs }: AppError): Any[] {
  if (retryAfterMs === undefined) return [];
  const seconds = Math.floor(retryAfterMs / 1000);
  const retryDelay = { seconds, nanos: Math.round((retryAfterMs - seconds * 1000) * 1e6) };
  return [pack(RETRY_INFO, RetryInfo.encode({ retryDelay }).finish())];
}

function issuesOf(details: AppError['details']): readonly ValidationIssue[] {
  const issues = details?.['issues'];
  return Array.isArray(issues)
    ? (issues as ValidationIssue[]).filter((issue) => typeof issue?.path === 'string')
    : [];
}

function pack(typeUrl: string, bytes: Uint8Array): Any {
  return { typeUrl, value: Buffer.from(bytes) };
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
  return fromErrorInfo(error) ?? fromCode(error, { upstream, method, outcome });
}

function fromErrorInfo(error: ServiceError): AppError | undefined {
  const [bytes] = error.metadata?.get(DETAILS_KEY) ?? [];
  if (!(bytes instanceof Buffer)) return undefined;
  const packed = RpcStatus.decode(bytes).details.find(({ typeUrl }) => typeUrl === ERROR_INFO);
  if (!packed) return undefined;
  const { reason, metadata } = ErrorInfo.decode(packed.value);
  const details =
    metadata['details'] === undefined
      ? undefined
      : (JSON.parse(metadata['details']) as Record<string, unknown>);
  return new AppError({
    reason,
    status: statusOf(error.code, metadata['http_status']),
    // The server that raised it has logged it at its own level.
    logLevel: 'debug',
    message: error.details,
    details,
    outcome: toOutcome(details?.['outcome']),
    retryAfterMs: metadata['retry_after_ms'] === undefined ? undefined : Number(metadata['retry_after_ms']),
    retryable: error.code === GrpcCode.UNAVAILABLE,
    ...(metadata['counts_as_failure'] === 'false' && { countsAsFailure: false }),
    cause: error,
  });
}

function toOutcome(value: unknown): Outcome | undefined {
  return value === 'refused' || value === 'unknown' ? value : undefined;
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

function statusOf(grpc: number, http: string | undefined): Status {
  const row = statusOfGrpcCode(grpc);
  return http === undefined ? row : ({ http: Number(http), grpc } as Status);
}
