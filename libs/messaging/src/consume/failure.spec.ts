import { describe, expect, it } from '@jest/globals';
import { ValidationFailedError } from '@app/errors';
import { failureOf, readFailures, writeFailures } from './failure.js';

const failures = (count: number) =>
  Array.from({ length: count }, (_, index) => failureOf(new Error('x'), index + 1));

describe('the history of a message', () => {
  it('has the reason and details of an AppError, and the name of any other error', () => {
    const issues = [{ path: 'task', message: 'is required' }];
    expect(failureOf(ValidationFailedError.of(issues), 1)).toMatchObject({
      reason: 'VALIDATION_FAILED',
      details: { issues },
    });
    expect(failureOf(new TypeError('x'), 2)).toMatchObject({ attempt: 2, reason: 'TypeError', message: 'x' });
    expect(failureOf('thrown text', 1)).toMatchObject({ reason: 'Error', message: 'thrown text' });
  });

  it('is the same after it was sent in headers', () => {
    const history = failures(3);
    expect(readFailures({ 'x-failures': writeFailures(history) })).toEqual(history);
  });

  it('keeps the first failure and the latest ones when there are too many', () => {
    const kept = readFailures({ 'x-failures': writeFailures(failures(30)) });
    expect(kept.map(({ attempt }) => attempt)).toEqual([1, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
  });

  it('stays within the size limit of headers, whatever was thrown', () => {
    const huge = failureOf(ValidationFailedError.of([{ path: 'a', message: 'y'.repeat(100_000) }]), 1);
    expect(writeFailures(Array.from({ length: 30 }, () => huge)).length).toBeLessThan(60_000);
  });

  it.each(['{', '7', '[7]', '[{"reason":1}]', '[{"reason":"X","at":"never"}]', {}, 7])(
    'is empty when an untrusted publisher wrote %p',
    (header) => {
      expect(readFailures({ 'x-failures': header })).toEqual([]);
    },
  );
});
