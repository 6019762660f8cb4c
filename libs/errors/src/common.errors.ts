import { AppError, type AppErrorOptions, type Outcome } from './app.error.js';
import { Status } from './status.js';

/** One invalid value in a request. */
export interface ValidationIssue {
  /** The path, in the notation of the caller: `items[3].delta`. */
  path: string;
  /** What is wrong there. */
  message: string;
}

/** A limit, because more issues do not help the caller and cost time and memory. */
const MAX_ISSUES = 20;
/** In characters. */
const MAX_PATH = 200;

/** The request does not match its schema. */
export class ValidationFailedError extends AppError {
  /**
   * @param issues the first 20 are shown; a long path is truncated
   * @param count total number of issues
   */
  static of(issues: readonly ValidationIssue[], count = issues.length): ValidationFailedError {
    const shown = issues.slice(0, MAX_ISSUES).map(({ path, message }) => ({ path: cut(path), message }));
    const [first] = shown;
    const summary = first ? `${first.path || 'request'} ${first.message}` : 'the request is not valid';
    const more = count > 1 ? ` (and ${count - 1} more, see details.issues)` : '';
    return new ValidationFailedError({
      reason: 'VALIDATION_FAILED',
      status: Status.INVALID_ARGUMENT,
      message: `Validation failed: ${summary}${more}.`,
      details: { issues: shown, ...(count > shown.length && { issue_count: count }) },
    });
  }
}

/** A path in a request may be as long as its body. */
function cut(path: string): string {
  return path.length <= MAX_PATH ? path : `${path.slice(0, MAX_PATH)}…`;
}

/** An unexpected failure: a bug, or an invalid reply. The cause is only for the log. */
export class InternalError extends AppError {
  static because(cause: unknown): InternalError {
    return new InternalError({
      reason: 'INTERNAL',
      status: Status.INTERNAL,
      message: 'Something went wrong on our side. Quote the trace_id when you report it.',
      cause,
    });
  }
}

/** A dependency did not answer, or answered that it is unavailable. */
export class UpstreamUnavailableError extends AppError {
  /** @param outcome `refused` when nothing was sent to it */
  static of(upstream: string, cause?: unknown, outcome?: 'refused'): UpstreamUnavailableError {
    return new UpstreamUnavailableError({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      logLevel: 'warn',
      retryable: true,
      retryAfterMs: 1000,
      message: `${upstream} is not available at the moment. Try again shortly.`,
      cause,
      outcome,
      details: { upstream },
    });
  }
}

/**
 * A write was sent and its answer was lost, so it is unknown whether it took effect. It counts as a failure of the
 * called system.
 */
export class OutcomeUnknownError extends AppError {
  /** @param details facts that help to find the effect, such as the id of a message */
  static of(upstream: string, cause?: unknown, details?: Record<string, unknown>): OutcomeUnknownError {
    return new OutcomeUnknownError(outcomeUnknown(upstream, cause, details));
  }
}

/** Options of an error of unknown outcome, for the families of other libs. */
export function outcomeUnknown(
  upstream: string,
  cause?: unknown,
  details?: Record<string, unknown>,
): AppErrorOptions {
  return {
    reason: 'OUTCOME_UNKNOWN',
    status: Status.UNAVAILABLE,
    logLevel: 'warn',
    retryable: true,
    retryAfterMs: 1000,
    message: `${upstream} did not answer, and the request may have taken effect. ${REPEAT}`,
    cause,
    details: { upstream, ...details },
  };
}

/** What to do about a write of unknown outcome. */
const REPEAT =
  'Repeat it with the same Idempotency-Key; if you sent none, read what is stored before you repeat it.';

const OF_OUTCOME: Readonly<Record<Outcome, string>> = {
  refused: ' It did not begin. Send it again.',
  unknown: ` It may have taken effect. ${REPEAT}`,
};

/** The caller's time ran out before the work was done. */
export class DeadlineExceededError extends AppError {
  /** @param outcome of a write: whether it had started when the time ran out */
  static of(what: string, cause?: unknown, outcome?: Outcome): DeadlineExceededError {
    const advice = outcome === undefined ? '' : OF_OUTCOME[outcome];
    return new DeadlineExceededError({
      reason: 'DEADLINE_EXCEEDED',
      status: Status.DEADLINE_EXCEEDED,
      logLevel: 'warn',
      retryable: true,
      message: `${what} did not finish before its deadline.${advice}`,
      cause,
      outcome,
    });
  }
}

/** The caller cancelled the request or disconnected; nobody reads the reply. */
export class CancelledError extends AppError {
  static of(what: string, cause?: unknown): CancelledError {
    return new CancelledError({
      reason: 'CANCELLED',
      status: Status.CANCELLED,
      message: `${what} was cancelled by its caller.`,
      cause,
    });
  }
}

/** This instance is shutting down and accepts no new work. */
export class ShuttingDownError extends AppError {
  static create(): ShuttingDownError {
    return new ShuttingDownError({
      reason: 'SHUTTING_DOWN',
      status: Status.UNAVAILABLE,
      logLevel: 'silent',
      retryable: true,
      retryAfterMs: 1000,
      outcome: 'refused',
      message: 'This instance is shutting down. Send the request again; another instance will take it.',
    });
  }
}
