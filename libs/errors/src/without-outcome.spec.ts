import { describe, expect, it } from '@jest/globals';
import { AppError } from './app.error.js';
import { DeadlineExceededError, OutcomeUnknownError, UpstreamUnavailableError } from './common.errors.js';
import { Status } from './status.js';
import { withoutOutcome } from './without-outcome.js';

describe('an outcome', () => {
  it('is part of the details of an error', () => {
    expect(OutcomeUnknownError.of('redis', undefined, { key: 'k' })).toMatchObject({
      outcome: 'unknown',
      details: { upstream: 'redis', key: 'k', outcome: 'unknown' },
    });
    expect(UpstreamUnavailableError.of('worker').details).toEqual({ upstream: 'worker' });
  });

  it('is unknown when the reason is OUTCOME_UNKNOWN', () => {
    const options = { reason: 'OUTCOME_UNKNOWN', status: Status.UNAVAILABLE, message: 'lost' };
    expect(new AppError(options)).toMatchObject({ outcome: 'unknown', details: { outcome: 'unknown' } });
  });
});

describe('an error without its outcome', () => {
  it('becomes UPSTREAM_UNAVAILABLE when it was OUTCOME_UNKNOWN', () => {
    const { reason, outcome, message, details, retryAfterMs } = withoutOutcome(
      OutcomeUnknownError.of('redis'),
    );
    expect({ reason, outcome, details, retryAfterMs }).toEqual({
      reason: 'UPSTREAM_UNAVAILABLE',
      outcome: undefined,
      details: { upstream: 'redis' },
      retryAfterMs: 1000,
    });
    expect(message).not.toContain('taken effect');
  });

  it('gives no advice about an outcome', () => {
    const late = withoutOutcome(DeadlineExceededError.of('The call', undefined, 'unknown'));
    expect(late).toMatchObject({ reason: 'DEADLINE_EXCEEDED', status: { http: 504 }, outcome: undefined });
    expect(late.message).not.toContain('taken effect');
  });

  it('is the same error when it has none', () => {
    const error = UpstreamUnavailableError.of('worker');
    expect(withoutOutcome(error)).toBe(error);
  });
});
