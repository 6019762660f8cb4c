import { BadRequest, RetryInfo } from '@app/contracts';
import { AppError, Status, ValidationFailedError } from '@app/errors';
import { describe, expect, it } from '@jest/globals';
import { fromRpcStatus, toRpcStatus } from './rpc-status.js';
import { fromWire, toWire } from './wire-error.js';

const of = (error: AppError) => {
  const { reason, status, message, details, logLevel, retryable, retryAfterMs, countsAsFailure, outcome } =
    error;
  return { reason, status, message, details, logLevel, retryable, retryAfterMs, countsAsFailure, outcome };
};

const ERRORS = [
  ValidationFailedError.of([{ path: 'delta', message: 'must not be 0' }]),
  new AppError({
    reason: 'OUTCOME_UNKNOWN',
    status: Status.UNAVAILABLE,
    message: 'lost',
    countsAsFailure: false,
    retryAfterMs: 1500,
    details: { new_keys_from: '2026-03-01T00:00:00.000Z' },
  }),
  new AppError({ reason: 'IDEMPOTENCY_KEY_REUSED', status: Status.UNPROCESSABLE, message: 'used before' }),
];

describe('an error of one item in a reply', () => {
  it.each(ERRORS)('is the same as that of a failed call: $reason', (error) => {
    const item = fromRpcStatus(toRpcStatus(error));
    expect(of(item)).toEqual(of(fromWire(toWire(error), 'grpc_server', '/x')));
    expect(item).toMatchObject({ reason: error.reason, status: error.status, details: error.details });
  });

  it('lists the faults of a request and the time of a retry for other clients', () => {
    const [invalid, lost] = ERRORS.map(toRpcStatus);
    const named = (name: string, status = invalid) =>
      status?.details.find(({ typeUrl }) => typeUrl === `type.googleapis.com/google.rpc.${name}`)?.value ??
      new Uint8Array();
    expect(BadRequest.decode(named('BadRequest')).fieldViolations).toMatchObject([{ field: 'delta' }]);
    expect(RetryInfo.decode(named('RetryInfo', lost)).retryDelay).toEqual({ seconds: 1, nanos: 5e8 });
  });

  it('is built from its code when another server sent it without a reason', () => {
    const { reason, status, message } = fromRpcStatus({ code: 9, message: 'not now', details: [] });
    expect([reason, status.http, message]).toEqual(['FAILED_PRECONDITION', 412, 'not now']);
  });
});
