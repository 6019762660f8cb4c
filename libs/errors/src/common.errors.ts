import { AppError, type AppErrorOptions, type Outcome } from './app.error.js';
import { Status } from './status.js';

/** One fault in what a caller sent. */
export interface ValidationIssue {
  /** Where, in the caller's own names: `items[3].delta`. */
  path: string;
  /** What is wrong there. */
  message: string;
}

/** More do not help a caller, and cost what another caller needs. */
const MAX_ISSUES = 20;
/** In characters. */
const MAX_PATH = 200;

/** What a caller sent does not have the agreed shape. */
export class ValidationFailedError extends AppError {
  /**
   * @param issues of which the first 20 are shown; a long path is cut
   * @param count how many there are in all
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

/** A path in what a client sent may be as long as its body. */
function cut(path: string): string {
  return path.length <= MAX_PATH ? path : `${path.slice(0, MAX_PATH)}…`;
}

/** Something we did not foresee: a bug, or a reply that makes no sense. The cause is for the log alone. */
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

/** A dependency did not answer, or answered that it cannot. */
export class UpstreamUnavailableError extends AppError {
  /** @param outcome `refused` where nothing was handed to it */
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
 * A write was sent and its answer was lost: nobody here can say whether it took effect. It counts as a failure of what
 * was called.
 */
export class OutcomeUnknownError extends AppError {
  /** @param details what helps to look for the effect, such as the id of a message */
  static of(upstream: string, cause?: unknown, details?: Record<string, unknown>): OutcomeUnknownError {
    return new OutcomeUnknownError(outcomeUnknown(upstream, cause, details));
  }
}

/** What an error of unknown outcome says, for the families of other libs. */
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
  'Repeat it with the same Idempotency-Key; where you sent none, read what is stored before you repeat it.';

const OF_OUTCOME: Readonly<Record<Outcome, string>> = {
  refused: ' It did not begin. Send it again.',
  unknown: ` It may have taken effect. ${REPEAT}`,
};

/** The caller's time ran out before the work was done. */
export class DeadlineExceededError extends AppError {
  /** @param outcome of a write: whether it had begun when the time ran out */
  static of(what: string, cause?: unknown, outcome?: Outcome): DeadlineExceededError {
    const advice = outcome === undefined ? '' : OF_OUTCOME[outcome];
    return new DeadlineExceededError({
      reason: 'DEADLINE_EXCEEDED',
      status: Status.DEADLINE_EXCEEDED,
      logLevel: 'warn',
      retryable: true,
      message: `${what} did not finish within the time that it was given.${advice}`,
      cause,
      outcome,
    });
  }
}

/** The caller went away; nobody reads the reply. */
export class CancelledError extends AppError {
  static of(what: string, cause?: unknown): CancelledError {
    return new CancelledError({
      reason: 'CANCELLED',
      status: Status.CANCELLED,
      message: `${what} was given up because its caller went away.`,
      cause,
    });
  }
}

/** This instance is on its way out and takes no new work. */
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
