import { describe, expect, it } from '@jest/globals';
import { channelFault } from './channel-fault.js';

const closed = (text: string, methodId: number) =>
  Object.assign(new Error(`Channel closed by server: ${text}`), { classId: 60, methodId });
const message = (exchange: string | undefined, size: number) => ({
  queue: 'tasks',
  messageId: 'id',
  content: Buffer.alloc(size),
  ...(exchange !== undefined && { exchange }),
});

const PUBLISH = 40;
const CONSUME = 20;
const MISSING = `404 (NOT-FOUND) with message "NOT_FOUND - no exchange 'events' in vhost '/'"`;
const FORBIDDEN = `403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - access to exchange 'events' in vhost '/' refused for user 'app'"`;
const FORBIDDEN_QUEUES = FORBIDDEN.replace('events', 'amq.default');
const TOO_LARGE = `406 (PRECONDITION-FAILED) with message "PRECONDITION_FAILED - message size 200 is larger than configured max size 100"`;
const BROKEN = '541 (INTERNAL-ERROR) with message "INTERNAL_ERROR"';

/** The broker's error and its method; exchange and size of an unconfirmed message; the outcome of its publish. */
const CASES = [
  [MISSING, PUBLISH, 'events', 10, 'returned'],
  [MISSING, PUBLISH, undefined, 10, undefined],
  [MISSING, CONSUME, 'events', 10, undefined],
  [FORBIDDEN, PUBLISH, 'events', 10, 'forbidden'],
  [FORBIDDEN, PUBLISH, undefined, 10, undefined],
  [FORBIDDEN_QUEUES, PUBLISH, undefined, 10, 'forbidden'],
  [FORBIDDEN_QUEUES, PUBLISH, 'events', 10, undefined],
  [TOO_LARGE, PUBLISH, undefined, 101, 'unsendable'],
  [TOO_LARGE, PUBLISH, undefined, 100, undefined],
  [BROKEN, PUBLISH, undefined, 10, undefined],
] as const;

describe('a channel that the broker closes', () => {
  it.each(CASES)('with %s at method %i, ends the publish to %s of %i bytes as %s', (...given) => {
    const [text, method, exchange, size, outcome] = given;
    expect(channelFault(closed(text, method))(message(exchange, size))).toBe(outcome);
  });

  it('without a stated cause ends no publish: all messages are sent again', () => {
    expect(channelFault(new Error('socket closed'))(message('events', 10))).toBeUndefined();
  });
});
