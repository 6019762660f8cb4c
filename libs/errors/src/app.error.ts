import { inspect, type InspectOptions } from 'node:util';
import { describeError, ERROR_FIELDS, maskSecrets } from './describe-error.js';
import { maskText } from './redaction.js';
import type { Status } from './status.js';

/** How loud an error is in the log; `silent` is for what the access log already tells. */
export type ErrorLogLevel = 'silent' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/**
 * What became of a write that has no answer: `refused`, it did not begin and may be repeated; `unknown`, it may have
 * taken effect.
 */
export type Outcome = 'refused' | 'unknown';

/** @publicApi */
export interface AppErrorOptions {
  /** What happened, in UPPER_SNAKE; the stable name that clients branch on and that crosses transports. */
  reason: string;
  /** The kind of failure, see {@link Status}. */
  status: Status;
  /** For a person: what happened and what to do about it. Shown to clients: no SQL, hosts or secrets. */
  message: string;
  /** @default 'error' for 5xx, 'debug' otherwise */
  logLevel?: ErrorLogLevel;
  /** Whether the same call may succeed later. @default false */
  retryable?: boolean;
  /**
   * Whether a circuit breaker holds it against the system that was called. False where that system is well and a 5xx is
   * right nevertheless: it refuses our login, or asks to be called less often.
   *
   * @default by status: true for UNAVAILABLE, DEADLINE_EXCEEDED and INTERNAL
   */
  countsAsFailure?: boolean | undefined;
  /** When to try again, in milliseconds from now; becomes `Retry-After`. */
  retryAfterMs?: number | undefined;
  /** What became of the write, where that is in question; clients find it in `details.outcome`. @default `unknown` for OUTCOME_UNKNOWN, else not in question */
  outcome?: Outcome | undefined;
  /** What lies behind it; logged, never shown to clients. */
  cause?: unknown;
  /** Facts that a client may see; what bears a secret name is masked. */
  details?: Record<string, unknown>;
}

/**
 * The one error of the project. Each lib and slice extends it with a family of its own, whose static factories
 * compose the message; the transports (`http`, `grpc`, `messaging`) turn it into the form of their protocol.
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

  /** What may be shown to anybody; the stack and the causes are for the log. */
  toJSON(): Record<string, unknown> {
    return { name: this.name, message: this.message, ...this[ERROR_FIELDS]() };
  }

  /** @internal */
  [ERROR_FIELDS](): Record<string, unknown> {
    const { reason, status, details } = this;
    return { reason, status: status.http, ...(details && { details }) };
  }

  /** As Node prints an error, but without what its causes carry along: parameters, requests, passwords. */
  [inspect.custom](_depth: number, options: InspectOptions): string {
    const { stack, type: _type, message: _message, ...told } = describeError(this);
    return `${stack ?? String(this)} ${inspect(told, { ...options, depth: 10 })}`;
  }
}

function detailsOf(
  details: AppErrorOptions['details'],
  outcome: Outcome | undefined,
): AppErrorOptions['details'] {
  return outcome === undefined ? details : { ...details, outcome };
}
