import { MessagesServiceClient, MessageStatus, messageSubmittedEvent } from '@app/contracts';
import { RequestContext } from '@app/context';
import { AppError } from '@app/errors';
import { MessagePublisher } from '@app/messaging';
import { QueueNotFoundError } from '@app/rabbitmq';
import { Injectable } from '@nestjs/common';
import { acceptedAt, newAcceptedId } from './accepted-id.js';
import { AcceptedMessages } from './accepted-messages.js';
import { keyedMessageId } from './keyed-message-id.js';

/** The state of a message in a reply. */
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
   * Resolves with the message's id once the broker has confirmed it.
   *
   * @param key the idempotency key: the same request with the same key is the same message, and has one effect
   * @throws QueueNotFoundError for a queue that does not exist, or that is not open to clients
   * @throws PublishUnconfirmedError when the broker did not confirm in time; OUTCOME_UNKNOWN with the message's id when
   *   the broker may have the message
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

  /** @throws MessageNotFoundError (by its reason) for an id that was never accepted, or was accepted too long ago */
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
  // An operator has sent the dead letter back to its queue.
  return status === MessageStatus.ACCEPTED ? 'accepted' : 'done';
}

/** The worker finds a message once it has stored it as delayed, completed it, or stored it as a dead letter. */
function isUnknown(error: unknown): boolean {
  return error instanceof AppError && error.reason === 'MESSAGE_NOT_FOUND';
}
