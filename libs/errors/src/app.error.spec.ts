import { describe, expect, it } from '@jest/globals';
import { AppError } from './app.error.js';
import { InternalError, UpstreamUnavailableError, ValidationFailedError } from './common.errors.js';
import { Status } from './status.js';
import { toAppError } from './to-app-error.js';

class SampleError extends AppError {
  static of(status: Status): SampleError {
    return new SampleError({ reason: 'SAMPLE', status, message: 'A sample.' });
  }
}

describe('an error of the project', () => {
  it('is named after its class and is an Error', () => {
    const error = SampleError.of(Status.NOT_FOUND);
    expect(error).toBeInstanceOf(Error);
    expect(`${error}`).toBe('SampleError: A sample.');
  });

  it('is logged as an error when the server failed, and at debug level when the caller did', () => {
    expect(SampleError.of(Status.INTERNAL).logLevel).toBe('error');
    expect(SampleError.of(Status.NOT_FOUND).logLevel).toBe('debug');
  });

  it('is not retryable by default', () => {
    expect(SampleError.of(Status.ABORTED).retryable).toBe(false);
    expect(UpstreamUnavailableError.of('redis')).toMatchObject({ retryable: true, retryAfterMs: 1000 });
  });

  it('has no cause property when none was given', () => {
    expect('cause' in SampleError.of(Status.INTERNAL)).toBe(false);
  });
});

describe('a thrown value', () => {
  it('stays as it is when it is an AppError', () => {
    const error = SampleError.of(Status.NOT_FOUND);
    expect(toAppError(error)).toBe(error);
  });

  it.each([new TypeError('x is not a function'), 'a text', undefined, null, { code: 1 }])(
    'becomes INTERNAL with its cause kept from the client: %p',
    (thrown) => {
      const error = toAppError(thrown);
      expect(error).toBeInstanceOf(InternalError);
      expect(error).toHaveReason('INTERNAL');
      expect(error.message).not.toContain('function');
      expect(error.cause ?? undefined).toBe(thrown ?? undefined);
    },
  );
});

describe('a failed validation', () => {
  const issue = { path: 'items[3].delta', message: 'must not be 0' };

  it('has the first issue in its message and all of them in its details', () => {
    const error = ValidationFailedError.of([issue, { path: 'colour', message: 'is not a known field' }]);
    expect(error.message).toBe(
      'Validation failed: items[3].delta must not be 0 (and 1 more, see details.issues).',
    );
    expect(error.details).toEqual({ issues: [issue, { path: 'colour', message: 'is not a known field' }] });
  });

  it('names the request when the issue has no path', () => {
    expect(ValidationFailedError.of([{ path: '', message: 'must be an object' }]).message).toBe(
      'Validation failed: request must be an object.',
    );
  });
});
