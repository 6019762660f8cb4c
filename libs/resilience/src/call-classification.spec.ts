import {
  AppError,
  CancelledError,
  DeadlineExceededError,
  InternalError,
  ShuttingDownError,
  Status,
  UpstreamUnavailableError,
  ValidationFailedError,
} from '@app/errors';
import { describe, expect, it } from '@jest/globals';
import { BulkheadFullError, CircuitOpenError } from './resilience.errors.js';
import { isDegradable, isRetryable, classificationOf } from './call-classification.js';

const upstreams = (reason: string, status: Status) =>
  new AppError({ reason, status, message: reason, retryable: status.http === 503 });

/** A healthy target that does not serve us: it rejects our login, or limits our rate. */
const refused = (retryable: boolean) =>
  new AppError({
    reason: 'UPSTREAM_UNAVAILABLE',
    status: Status.UNAVAILABLE,
    message: 'refused',
    countsAsFailure: false,
    retryable,
  });

/** The error, its classification, whether it is retried, whether a fallback is used. */
const TABLE = [
  [UpstreamUnavailableError.of('worker'), 'failure', true, true],
  [DeadlineExceededError.of('a call'), 'failure', true, true],
  [InternalError.because(new Error('bug')), 'failure', false, true],
  [CircuitOpenError.of('worker', 500), 'unknown', false, true],
  [BulkheadFullError.queueFull('worker'), 'unknown', false, true],
  [BulkheadFullError.overloaded('worker'), 'unknown', false, true],
  [BulkheadFullError.queueTimeout('worker'), 'unknown', false, true],
  [upstreams('RATE_LIMITED', Status.RESOURCE_EXHAUSTED), 'unknown', false, true],
  [upstreams('OVERLOADED', Status.UNAVAILABLE), 'unknown', false, true],
  [upstreams('CIRCUIT_OPEN', Status.UNAVAILABLE), 'unknown', false, true],
  [ShuttingDownError.create(), 'unknown', true, true],
  [refused(false), 'answered', false, true],
  [refused(true), 'answered', true, true],
  [CancelledError.of('a call'), 'unknown', false, false],
  [ValidationFailedError.of([]), 'answered', false, false],
  [upstreams('ORDER_NOT_FOUND', Status.NOT_FOUND), 'answered', false, false],
  [upstreams('REQUEST_TIMEOUT', Status.REQUEST_TIMEOUT), 'answered', false, false],
  [upstreams('NOT_IMPLEMENTED', Status.UNIMPLEMENTED), 'answered', false, false],
] as const;

/** The only statuses that mean that the target is unhealthy. */
const FAILING = new Set(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'INTERNAL']);

describe('a reply with the status', () => {
  it.each(Object.entries(Status))('%s counts as a failure only if the target is at fault', (name, status) => {
    const counts = classificationOf(upstreams('ANY', status)) === 'failure';
    expect(counts).toBe(FAILING.has(name));
    expect(counts && status.http < 500).toBe(false);
  });
});

describe.each(TABLE)('%s', (error, classification, retryable, degradable) => {
  it(`is classified as ${classification}`, () => {
    expect(classificationOf(error)).toBe(classification);
  });

  it(`is ${retryable ? '' : 'not '}retried`, () => {
    expect(isRetryable(error)).toBe(retryable);
  });

  it(`${degradable ? 'uses a' : 'uses no'} fallback`, () => {
    expect(isDegradable(error)).toBe(degradable);
  });
});
