import { describe, expect, it } from '@jest/globals';
import { ConfigHandle } from '@app/config';
import { Lifecycle } from '@app/lifecycle';
import type { MessagingConfig } from '../messaging.config.js';
import type { HandlerStarts } from './handler-starts.js';
import type { Inbox } from './inbox.js';
import { InboxPruner } from './inbox.pruner.js';

/** A table with expired rows, and the arguments of each call that removes some of them. */
class FakeTable {
  readonly calls: [retention: number, limit: number][] = [];

  constructor(private rows: number) {}

  prune(retention: number, limit: number): Promise<number> {
    this.calls.push([retention, limit]);
    const removed = Math.min(this.rows, limit);
    this.rows -= removed;
    return Promise.resolve(removed);
  }
}

describe('the pruner of the inbox', () => {
  const prunerOf = (inbox: FakeTable, starts: FakeTable) =>
    new InboxPruner(
      new ConfigHandle({ inboxRetention: 7_000 } as MessagingConfig),
      inbox as unknown as Inbox,
      starts as unknown as HandlerStarts,
      new Lifecycle(),
    );

  it('deletes all expired rows, 5,000 in one transaction', async () => {
    const [inbox, starts] = [new FakeTable(12_000), new FakeTable(5_001)];
    await prunerOf(inbox, starts).prune();
    expect(inbox.calls).toEqual(Array.from({ length: 3 }, () => [7_000, 5_000]));
    expect(starts.calls).toHaveLength(2);
  });

  it('deletes no further rows when the app stops', async () => {
    const [inbox, starts] = [new FakeTable(Infinity), new FakeTable(0)];
    const pruner = prunerOf(inbox, starts);
    const pruning = pruner.prune();
    pruner.stopIntake();
    await pruning;
    expect([inbox.calls.length, starts.calls.length]).toEqual([1, 0]);
  });
});
