import { type Any, BadRequest, ErrorInfo, RetryInfo, type RpcStatus } from '@app/contracts';
import { AppError, type Outcome, type Status, statusOfGrpcCode, type ValidationIssue } from '@app/errors';
import { status as GrpcCode } from '@grpc/grpc-js';

const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo';
const BAD_REQUEST = 'type.googleapis.com/google.rpc.BadRequest';
const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';
const DOMAIN = 'ganymede';

/**
 * Converts an error to a `google.rpc.Status`, for the trailers of a failed call and for one item of a batch. Its
 * `ErrorInfo` holds the reason; `fromRpcStatus` builds the same `AppError` from it. For other clients, `BadRequest`
 * lists the faults of a request, and `RetryInfo` states when to try again.
 *
 * @see https://google.aip.dev/193
 */
export function toRpcStatus(error: AppError): RpcStatus {
  return {
    code: error.status.grpc,
    message: wireText(error.message),
    details: [errorInfoOf(error), ...badRequestOf(error), ...retryInfoOf(error)],
  };
}

/** Converts a `google.rpc.Status` to its error. Without an `ErrorInfo`, its code decides the reason and the status. */
export function fromRpcStatus(status: RpcStatus): AppError {
  const { code, message } = status;
  return (
    fromErrorInfo(status) ??
    new AppError({ reason: GrpcCode[code] ?? 'UNKNOWN', status: statusOfGrpcCode(code), message })
  );
}

/** The error that an `ErrorInfo` describes; undefined without one. */
export function fromErrorInfo(
  { code, message, details: packed }: RpcStatus,
  cause?: unknown,
): AppError | undefined {
  const info = packed.find(({ typeUrl }) => typeUrl === ERROR_INFO);
  if (!info) return undefined;
  const { reason, metadata } = ErrorInfo.decode(info.value);
  const details =
    metadata['details'] === undefined
      ? undefined
      : (JSON.parse(metadata['details']) as Record<string, unknown>);
  return new AppError({
    reason,
    status: statusOf(code, metadata['http_status']),
    // The server that raised it has logged it at its own level.
    logLevel: 'debug',
    message,
    details,
    outcome: toOutcome(details?.['outcome']),
    retryAfterMs: metadata['retry_after_ms'] === undefined ? undefined : Number(metadata['retry_after_ms']),
    retryable: code === GrpcCode.UNAVAILABLE,
    ...(metadata['counts_as_failure'] === 'false' && { countsAsFailure: false }),
    cause,
  });
}

function toOutcome(value: unknown): Outcome | undefined {
  return value === 'refused' || value === 'unknown' ? value : undefined;
}

function statusOf(grpc: number, http: string | undefined): Status {
  const row = statusOfGrpcCode(grpc);
  return http === undefined ? row : ({ http: Number(http), grpc } as Status);
}

/** The status of a failed call is in trailers. These are HTTP/2 headers of at most 64 KiB, and base64 adds a third. */
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
