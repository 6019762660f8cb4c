import {
  AppError,
  DeadlineExceededError,
  Status,
  UpstreamUnavailableError,
  ValidationFailedError,
} from '@app/errors';
import {
  CommitUnknownError,
  PostgresUnavailableError,
  PoolExhaustedError,
  TransactionConflictError,
} from '@app/postgres';
import { CircuitOpenError } from '@app/resilience';
import { describe, expect, it } from '@jest/globals';
import { isOutage } from './outage.js';

const cause = new Error('driver');
const of = (upstream: string) =>
  new AppError({
    reason: 'UPSTREAM_UNAVAILABLE',
    status: Status.UNAVAILABLE,
    message: upstream,
    details: { upstream },
  });

const OUTAGES: readonly Error[] = [
  PostgresUnavailableError.because(cause),
  PostgresUnavailableError.readOnly(cause),
  PostgresUnavailableError.refused(cause),
  PoolExhaustedError.after(1, cause),
  CommitUnknownError.because(cause),
  CircuitOpenError.of('grpc_server', 1),
  of('redis'),
  of('s3'),
];

const FAULTS: readonly unknown[] = [
  UpstreamUnavailableError.of('grpc_server'),
  TransactionConflictError.because(cause),
  DeadlineExceededError.of('a handler'),
  ValidationFailedError.of([]),
  new Error('bug'),
  'text',
];

describe('a failed attempt', () => {
  it.each(OUTAGES)('is not counted: %s', (error) => {
    expect(isOutage(error)).toBe(true);
  });

  it.each(FAULTS)('is counted: %s', (error) => {
    expect(isOutage(error)).toBe(false);
  });
});
