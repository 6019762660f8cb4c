import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  MessageUnsendableError,
  PublishRefusedError,
  PublishUnconfirmedError,
  QueueNotFoundError,
} from '@app/rabbitmq';
import type { OutboxRow } from './outbox.row.js';
import { RelayBatch } from './relay.batch.js';

const NEVER = new Promise<void>(() => undefined);

function rowOf(id: number, queue: string, key: string | null): OutboxRow {
  return {
    id: String(id),
    message_id: '',
    queue,
    type: null,
    aggregate_key: key,
    headers: {},
    payload: Buffer.from('1'),
    created_at: new Date(0),
    held_until: null,
    part: queue,
    share: 10,
  };
}

describe('a batch of the relay', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('does not wait for a queue without confirms once others were confirmed, and defers its events', async () => {
    const rows = [
      rowOf(1, 'dead', 'a'),
      rowOf(2, 'dead', 'a'),
      rowOf(3, 'alive', 'a'),
      rowOf(4, 'dead', null),
    ];
    const batch = new RelayBatch(rows, ({ queue }) => (queue === 'dead' ? NEVER : Promise.resolve()));
    const sent = batch.send();
    await jest.advanceTimersByTimeAsync(1_500);
    await sent;
    expect(batch.published.map(({ id }) => id)).toEqual(['3']);
    expect(batch.failures).toEqual([]);
    expect(new Map(batch.deferred.map(({ row, wait }) => [row.id, wait]))).toEqual(
      new Map([
        ['1', 5_000],
        ['2', 5_000],
        ['4', 5_000],
      ]),
    );
  });

  it('waits for the publisher while the broker confirms nothing, and defers no event', async () => {
    const batch = new RelayBatch([rowOf(1, 'q', null)], async (message) => {
      await jest.advanceTimersByTimeAsync(10_000);
      throw PublishUnconfirmedError.of(message.queue);
    });
    await batch.send();
    expect([batch.deferred, batch.failures]).toMatchObject([[], [{ reason: 'OUTCOME_UNKNOWN' }]]);
  });

  it.each([
    [PublishRefusedError.of('q'), 5_000],
    [QueueNotFoundError.of('q'), 60_000],
    [MessageUnsendableError.because('q', new Error('headers beyond a frame')), 60_000],
  ])('defers events for a duration, without a clock of this process: %s', async (error, wait) => {
    const batch = new RelayBatch([rowOf(1, 'q', 'a'), rowOf(2, 'q', 'a')], () => Promise.reject(error));
    await batch.send();
    expect(batch.deferred).toMatchObject([{ wait, error }, { wait }]);
    expect(batch.deferred[1]).not.toHaveProperty('error');
  });

  it('leaves the rest of a partition to the next batch when its sending time is over', async () => {
    const rows = Array.from({ length: 10 }, (_, index) => rowOf(index, 'q', 'hot'));
    const batch = new RelayBatch(rows, async () => jest.advanceTimersByTimeAsync(100));
    await batch.send();
    expect(batch.published.map(({ id }) => id)).toEqual(['0', '1', '2']);
  });
});
