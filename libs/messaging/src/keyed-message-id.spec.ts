import { describe, expect, it } from '@jest/globals';
import { keyedMessageId, type KeyedRequest } from './keyed-message-id.js';
import { isMessageId } from './message-id.js';

const REQUEST: KeyedRequest = {
  key: 'k-1',
  principal: undefined,
  queue: 'task_queue',
  payload: { n: 1 },
  delayMs: 0,
};

describe('the id of a message with an idempotency key', () => {
  it('is the same for the same request', () => {
    expect(keyedMessageId({ ...REQUEST, payload: { n: 1 } })).toBe(keyedMessageId(REQUEST));
    expect(isMessageId(keyedMessageId(REQUEST))).toBe(true);
  });

  it.each([
    { key: 'k-2' },
    { principal: 'user-1' },
    { queue: 'other' },
    { payload: { n: 2 } },
    { delayMs: 1 },
  ])('differs with %j', (change) => {
    expect(keyedMessageId({ ...REQUEST, ...change })).not.toBe(keyedMessageId(REQUEST));
  });
});
