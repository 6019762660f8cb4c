import { inspect, type InspectOptions } from 'node:util';
import { describeError, ERROR_FIELDS, maskSecrets } from './describe-error.js';
import { maskText } from './redaction.js';
import type { Status } from './status.js';

/** Log level of an error; `silent` is for errors that the access log already shows. */
export type ErrorLogLevel = 'silent' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/**
 * The outcome of a write without an answer. `refused`: it was not started and may be repeated. `unknown`: it may have
 * taken effect.
 */
export type Outcome = 'refused' | 'unknown';

/** @publicApi */
export interface AppErrorOptions {
  /** What happened, in UPPER_SNAKE; the stable name that clients branch on and that crosses transports. */
  reason: string;
  /** The kind of failure, see {@link Status}. */
  status: Status;
  /** What happened and what to do about it, for people. Shown to clients: no SQL, hosts or secrets. */
  message: string;
  /** @default 'error' for 5xx, 'debug' otherwise */
  logLevel?: ErrorLogLevel;
  /** Whether the same call may succeed later. @default false */
  retryable?: boolean;
  /**
   * Whether a circuit breaker counts it as a failure of the called system. False when that system is healthy but a 5xx
   * is correct: it rejects our login, or limits the rate of calls.
   *
   * @default by status: true for UNAVAILABLE, DEADLINE_EXCEEDED and INTERNAL
   */
  countsAsFailure?: boolean | undefined;
  /** When to try again, in milliseconds from now; becomes `Retry-After`. */
  retryAfterMs?: number | undefined;
  /**
   * Outcome of a write without an answer; clients find it in `details.outcome`.
   *
   * @default `unknown` for OUTCOME_UNKNOWN, else none
   */
  outcome?: Outcome | undefined;
  /** The original error; logged, never shown to clients. */
  cause?: unknown;
  /** Facts that a client may see; fields with secret names are masked. */
  details?: Record<string, unknown>;
}

/**
 * The common error type of the project. Each lib and slice extends it with its own family, whose static factories
 * compose the message. The transports (`http`, `grpc`, `messaging`) convert it to the format of their protocol.
 *
 * @publicApi
 */
export class AppError extends Error {
  readonly reason: string;
  readonly status: Status;
  readonly logLevel: ErrorLogLevel;
  readonly retryable: boolean;
  readonly countsAsFailure: boolean | undefined;
  readonly retryAfterMs: number | undefined;
  readonly outcome: Outcome | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(options: AppErrorOptions) {
    super(maskText(options.message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.reason = options.reason;
    this.status = options.status;
    this.logLevel = options.logLevel ?? (options.status.http >= 500 ? 'error' : 'debug');
    this.retryable = options.retryable ?? false;
    this.countsAsFailure = options.countsAsFailure;
    this.retryAfterMs = options.retryAfterMs;
    this.outcome = options.outcome ?? (options.reason === 'OUTCOME_UNKNOWN' ? 'unknown' : undefined);
    this.details = maskSecrets(detailsOf(options.details, this.outcome)) as
      Record<string, unknown> | undefined;
  }

  /** The public fields. Stack and causes are only for the log. */
  toJSON(): Record<string, unknown> {
    return { name: this.name, message: this.message, ...this[ERROR_FIELDS]() };
  }

  /** @internal */
  [ERROR_FIELDS](): Record<string, unknown> {
    const { reason, status, details } = this;
    return { reason, status: status.http, ...(details && { details }) };
  }

  /** Prints like Node, but without parameters, requests and passwords in its causes. */
  [inspect.custom](_depth: number, options: InspectOptions): string {
    const { stack, type: _type, message: _message, ...described } = describeError(this);
    return `${stack ?? String(this)} ${inspect(described, { ...options, depth: 10 })}`;
  }
}

function detailsOf(
  details: AppErrorOptions['details'],
  outcome: Outcome | undefined,
): AppErrorOptions['details'] {
  return outcome === undefined ? details : { ...details, outcome };
}
