import { expect } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import type { MessageSenders } from './message-senders.js';
import type { MessagesFixture } from './messages-fixture.js';

/**
 * Waits until each accepted message has its effect, at most `within` milliseconds.
 *
 * It compares counts, not lists. The proxies between apps and servers run in this process. A diff of a backlog of
 * 80,000 messages blocks it for a second, so that the worker seems to have lost its servers.
 */
export async function allDone(
  fixture: MessagesFixture,
  senders: MessageSenders,
  { within }: { within: number },
): Promise<void> {
  const look = async () => {
    // Reading all effects takes long, too.
    expect(await fixture.effectCount()).toBeGreaterThanOrEqual(senders.accepted.size);
    expect(senders.account(await fixture.effects()).lost.length).toBe(0);
  };
  await eventually(look, { within, every: 100 });
}
