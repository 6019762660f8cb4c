import {
  type GetMessageStatusResponse,
  MessageStatus,
  taskQueue,
  type ValidPurgeMessagesRequest,
} from '@app/contracts';
import { Fencing } from '@app/locks';
import { DeadLetters, DelayedMessages, Inbox } from '@app/messaging';
import { Transactional } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { MessageStore } from './message.store.js';
import { MessageNotFoundError } from './messages.errors.js';

/** The status of a message by the status of its dead letter. A redriven message waits for its effect again. */
const STATUS_OF = {
  dead: MessageStatus.DEAD,
  redriving: MessageStatus.ACCEPTED,
  redriven: MessageStatus.ACCEPTED,
  discarded: MessageStatus.DEAD,
  resolved: MessageStatus.DONE,
} as const;

@Injectable()
export class MessagesService {
  constructor(
    private readonly store: MessageStore,
    private readonly deadLetters: DeadLetters,
    private readonly delayed: DelayedMessages,
    private readonly inbox: Inbox,
    private readonly fencing: Fencing,
  ) {}

  /** @throws MessageNotFoundError for a message that is neither completed, nor a dead letter, nor delayed */
  async status(messageId: string): Promise<GetMessageStatusResponse> {
    const doneAt = await this.store.doneAt(messageId);
    if (doneAt) return { messageId, status: MessageStatus.DONE, updatedAt: doneAt };
    const letter = await this.deadLetters.statusOf(messageId);
    if (letter) return { messageId, status: STATUS_OF[letter.status], updatedAt: letter.since };
    const storedAt = await this.delayed.storedAt(messageId);
    if (!storedAt) throw MessageNotFoundError.of(messageId);
    return { messageId, status: MessageStatus.ACCEPTED, updatedAt: storedAt };
  }

  /** @throws FenceLostError when another process has taken over the caller's lease */
  @Transactional()
  async purge({ before, fence, limit }: ValidPurgeMessagesRequest): Promise<number> {
    await this.fencing.assertHeld(fence);
    const purged = await this.store.purge(before, limit);
    await this.inbox.deleteRows(taskQueue.name, purged);
    await this.delayed.deleteRows(purged);
    await this.deadLetters.settle(taskQueue.name, purged);
    return purged.length;
  }
}
