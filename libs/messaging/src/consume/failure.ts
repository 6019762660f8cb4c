import { AppError } from '@app/errors';
import { Header } from '../headers.js';
import { PlainReader, plainText } from './plain-value.js';

/** A failed attempt. It is sent in the message's headers, so it is short and has no stack trace. */
export interface Failure {
  /** From 1. */
  attempt: number;
  /** ISO 8601. */
  at: string;
  reason: string;
  message: string;
  /** The details of an `AppError`, such as the issues of a validation. */
  details?: Readonly<Record<string, unknown>>;
}

/** Headers beyond 64 KiB cannot be sent. So the history is limited in entries, in characters, and in total bytes. */
const MAX_FAILURES = 10;
const MAX_REASON = 64;
const MAX_MESSAGE = 500;
const MAX_DETAILS = 4_000;
const MAX_BYTES = 40_000;
const MAX_ATTEMPT = 100;
const A_DAY_MS = 86_400_000;

/** The failure that a thrown value describes. */
export function failureOf(thrown: unknown, attempt: number): Failure {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const isOurs = error instanceof AppError;
  return {
    attempt,
    at: new Date().toISOString(),
    reason: plainText(isOurs ? error.reason : error.name, MAX_REASON),
    message: plainText(error.message, MAX_MESSAGE),
    ...plainDetails(isOurs ? error.details : undefined),
  };
}

/** Reads the history from a message's headers; empty when there is none or it is invalid. */
export function readFailures(headers: Readonly<Record<string, unknown>>): Failure[] {
  try {
    const header = headers[Header.failures];
    const parsed: unknown = typeof header === 'string' ? JSON.parse(header) : [];
    return Array.isArray(parsed) ? bounded(parsed).flatMap(readFailure) : [];
  } catch {
    return [];
  }
}

/** Writes the history as a header: the first failure, and the latest ones. */
export function writeFailures(failures: readonly Failure[]): string {
  const kept = bounded(failures);
  const text = JSON.stringify(kept);
  if (Buffer.byteLength(text) <= MAX_BYTES) return text;
  return JSON.stringify(kept.map(({ attempt, at, reason, message }) => ({ attempt, at, reason, message })));
}

function bounded<T>(failures: readonly T[]): readonly T[] {
  if (failures.length <= MAX_FAILURES) return failures;
  return [...failures.slice(0, 1), ...failures.slice(1 - MAX_FAILURES)];
}

/** Reads one entry of an untrusted history; empty when this library cannot have written it. */
function readFailure(value: unknown): Failure[] {
  if (typeof value !== 'object' || value === null) return [];
  const { attempt, at, reason, message, details } = value as Record<string, unknown>;
  const time = typeof at === 'string' ? Date.parse(at) : Number.NaN;
  const isNow = time > 0 && time < Date.now() + A_DAY_MS;
  if (typeof reason !== 'string' || !isNow) return [];
  return [
    {
      attempt: Number.isSafeInteger(attempt) ? Math.min(Math.max(Number(attempt), 1), MAX_ATTEMPT) : 1,
      at: new Date(time).toISOString(),
      reason: plainText(reason, MAX_REASON) || 'UNKNOWN',
      message: typeof message === 'string' ? plainText(message, MAX_MESSAGE) : '',
      ...plainDetails(details),
    },
  ];
}

function plainDetails(details: unknown): Pick<Failure, 'details'> {
  if (typeof details !== 'object' || details === null || Array.isArray(details)) return {};
  const plain = new PlainReader().table(Object.entries(details));
  return JSON.stringify(plain).length <= MAX_DETAILS ? { details: plain } : {};
}
