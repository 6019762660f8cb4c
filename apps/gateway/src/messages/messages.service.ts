import { MessagesServiceClient, MessageStatus, messageSubmittedEvent } from '@app/contracts';
import { RequestContext } from '@app/context';
import { AppError } from '@app/errors';
import { MessagePublisher } from '@app/messaging';
import { QueueNotFoundError } from '@app/rabbitmq';
import { Injectable } from '@nestjs/common';
import { acceptedAt, newAcceptedId } from './accepted-id.js';
import { AcceptedMessages } from './accepted-messages.js';
import { keyedMessageId } from './keyed-message-id.js';

/** What a client is told of a message. */
export interface MessageState {
  message_id: string;
  status: 'accepted' | 'done' | 'dead';
  updated_at: Date | undefined;
}

/** What clients may publish, by the name of its queue. */
const OPEN_EVENTS = new Map(
  [messageSubmittedEvent].filter(({ queue }) => queue.public).map((event) => [event.queue.name, event]),
);

@Injectable()
export class MessagesService {
  constructor(
    private readonly publisher: MessagePublisher,
    private readonly accepted: AcceptedMessages,
    private readonly worker: MessagesServiceClient,
  ) {}

  /**
   * Resolves with the message's id once the broker has it.
   *
   * @param key the same request with the same key is the same message, and has one effect
   * @throws QueueNotFoundError for a queue that there is not, or that is none of the clients' business
   * @throws PublishUnconfirmedError when the broker did not confirm in time; OUTCOME_UNKNOWN with the message's id when
   *   it may have it
   */
  async submit(queueName: string, payload: unknown, delayMs: number, key?: string): Promise<string> {
    const event = OPEN_EVENTS.get(queueName);
    if (!event) throw QueueNotFoundError.of(queueName);
    const principal = RequestContext.current()?.principal?.id;
    const { messageId } = await this.publisher.publish(event.queue, {
      ...event.of(payload),
      delayMs,
      messageId: key
        ? keyedMessageId({ key, principal, queue: queueName, payload, delayMs })
        : newAcceptedId(delayMs),
    });
    await this.accepted.note(messageId, delayMs);
    return messageId;
  }

  /** @throws MessageNotFoundError (by its reason) for an id that was never accepted, or long ago */
  async state(messageId: string): Promise<MessageState> {
    try {
      const { status, updatedAt } = await this.worker.getStatus({ messageId });
      return { message_id: messageId, status: nameOf(status), updated_at: updatedAt };
    } catch (error) {
      if (!isUnknown(error)) throw error;
      const since = acceptedAt(messageId) ?? (await this.accepted.since(messageId));
      if (!since) throw error;
      return { message_id: messageId, status: 'accepted', updated_at: since };
    }
  }
}

function nameOf(status: MessageStatus): MessageState['status'] {
  if (status === MessageStatus.DEAD) return 'dead';
  // One that died and was sent back.
  return status === MessageStatus.ACCEPTED ? 'accepted' : 'done';
}

/** The worker has a message once it has stored it to wait, done it, or taken it among the dead letters. */
function isUnknown(error: unknown): boolean {
  return error instanceof AppError && error.reason === 'MESSAGE_NOT_FOUND';
}
