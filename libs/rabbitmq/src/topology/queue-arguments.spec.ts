import { describe, expect, it } from '@jest/globals';
import { defineQueue } from '@app/contracts';
import { brokerQueuesOf, parseDelay } from './queue-arguments.js';

const queues = new Map(
  brokerQueuesOf(defineQueue({ name: 'q', retry: ['500ms', '5s', '5s', '1m'] })).map((queue) => [
    queue.name,
    queue.arguments,
  ]),
);

describe('the queues of a definition', () => {
  it('are the queue, its dead-letter queue, its quarantine and one queue for each delay', () => {
    expect([...queues.keys()].sort()).toEqual([
      'q',
      'q.dead',
      'q.quarantine',
      'q.retry.1m',
      'q.retry.500ms',
      'q.retry.5s',
    ]);
  });

  it('are all replicated', () => {
    for (const each of queues.values()) expect(each).toMatchObject({ 'x-queue-type': 'quorum' });
  });

  it('have at-least-once dead-lettering, wherever the broker itself moves a message', () => {
    const handing = [...queues.values()].filter((each) => 'x-dead-letter-routing-key' in each);
    expect(handing).toHaveLength(5);
    for (const each of handing)
      expect(each).toMatchObject({
        'x-dead-letter-strategy': 'at-least-once',
        'x-overflow': 'reject-publish',
      });
  });

  it('return a message to its queue after the delay', () => {
    expect(queues.get('q.retry.5s')).toMatchObject({
      'x-message-ttl': 5_000,
      'x-dead-letter-routing-key': 'q',
    });
  });

  it('never drop a dead letter, because its queue has no dead-letter queue', () => {
    expect(queues.get('q.dead')).toMatchObject({ 'x-delivery-limit': 2_147_483_647 });
  });

  it.each([
    ['250ms', 250],
    ['1.5s', 1_500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['1193h', 4_294_800_000],
    ['0.4ms', 0],
  ] as const)('read %s as %d milliseconds', (delay, expected) => {
    expect(parseDelay(delay)).toBe(expected);
  });

  it('are rejected when a delay is longer than the broker accepts', () => {
    expect(() => parseDelay('1194h')).toThrow('at most 1193h');
  });
});
