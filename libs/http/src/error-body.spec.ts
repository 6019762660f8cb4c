import { AppError, Status } from '@app/errors';
import { describe, expect, it } from '@jest/globals';
import { errorReply } from './error-body.js';

const error = new AppError({
  reason: 'QUEUE_FULL',
  status: Status.RESOURCE_EXHAUSTED,
  message: 'The queue is full.',
  retryAfterMs: 1200,
  details: { queue: 'jobs' },
  cause: new Error('internal'),
});
const options = { traceId: 'abc', path: '/jobs', accept: undefined };

describe('the reply to an error', () => {
  it('has the shape of the contract, without the cause', () => {
    const { status, body } = errorReply(error, options);
    expect(status).toBe(429);
    expect(body).toEqual({
      code: 429,
      reason: 'QUEUE_FULL',
      message: 'The queue is full.',
      trace_id: 'abc',
      details: { queue: 'jobs' },
    });
  });

  it('has a Retry-After in whole seconds, rounded up', () => {
    expect(errorReply(error, options).headers['retry-after']).toBe('2');
  });

  it('is a problem of RFC 9457 when Accept requests one', () => {
    const { headers, body } = errorReply(error, { ...options, accept: 'application/problem+json, */*' });
    expect(headers['content-type']).toContain('application/problem+json');
    expect(body).toMatchObject({
      status: 429,
      detail: 'The queue is full.',
      instance: '/jobs',
      reason: 'QUEUE_FULL',
      trace_id: 'abc',
    });
  });
});
