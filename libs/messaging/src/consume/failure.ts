import { AppError } from '@app/errors';
import { Header } from '../headers.js';

/** One attempt that failed. It travels in the message's headers, so it is kept short and without stack traces. */
export interface Failure {
  /** From 1. */
  attempt: number;
  /** ISO 8601. */
  at: string;
  reason: string;
  message: string;
  /** What an `AppError` tells about itself, such as the issues of a validation. */
  details?: Readonly<Record<string, unknown>>;
}

/** Headers beyond a frame (128 KiB) cannot be sent, so the history has its bounds, in entries and characters. */
const MAX_FAILURES = 10;
const MAX_MESSAGE = 500;
const MAX_DETAILS = 4_000;

/** What a thrown value says about an attempt. */
export function failureOf(thrown: unknown, attempt: number): Failure {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const details = error instanceof AppError ? error.details : undefined;
  const fits = details !== undefined && JSON.stringify(details).length <= MAX_DETAILS;
  return {
    attempt,
    at: new Date().toISOString(),
    reason: error instanceof AppError ? error.reason : error.name,
    message: error.message.slice(0, MAX_MESSAGE),
    ...(fits && { details }),
  };
}

/** The history in a message's headers; empty when there is none that makes sense. */
export function readFailures(headers: Readonly<Record<string, unknown>>): Failure[] {
  try {
    const header = headers[Header.failures];
    const parsed: unknown = typeof header === 'string' ? JSON.parse(header) : [];
    return Array.isArray(parsed) ? parsed.filter(isFailure) : [];
  } catch {
    return [];
  }
}

/** The header that tells the history: the first failure, and the latest ones. */
export function writeFailures(failures: readonly Failure[]): string {
  const kept =
    failures.length > MAX_FAILURES
      ? [...failures.slice(0, 1), ...failures.slice(1 - MAX_FAILURES)]
      : failures;
  return JSON.stringify(kept);
}

function isFailure(value: unknown): value is Failure {
  const { reason, at } = (value ?? {}) as Partial<Failure>;
  return typeof reason === 'string' && typeof at === 'string' && !Number.isNaN(Date.parse(at));
}
