import {
  type GetMessageStatusRequest,
  type GetMessageStatusResponse,
  MessagesServiceClient,
  MessageStatus,
  messageSubmittedEvent,
  type SubmissionsServiceImplementation,
  type SubmitMessageResponse,
  type SubmitMessageRequest,
} from '@app/contracts';
import { RequestContext } from '@app/context';
import { AppError } from '@app/errors';
import { acceptedAt, keyedMessageId, MessagePublisher, newAcceptedId } from '@app/messaging';
import { QueueNotFoundError } from '@app/rabbitmq';
import { Injectable } from '@nestjs/common';
import { AcceptedMessages } from './accepted-messages.store.js';

/** What clients may publish, by the name of its queue. */
const OPEN_EVENTS = new Map(
  [messageSubmittedEvent].filter(({ queue }) => queue.public).map((event) => [event.queue.name, event]),
);

@Injectable()
export class MessagesService implements SubmissionsServiceImplementation {
  constructor(
    private readonly publisher: MessagePublisher,
    private readonly accepted: AcceptedMessages,
    private readonly worker: MessagesServiceClient,
  ) {}

  /**
   * Resolves once the broker has confirmed the message. The same request with the same key is the same message, and has
   * one effect.
   *
   * @throws QueueNotFoundError for a queue that does not exist, or that is not open to clients
   * @throws PublishUnconfirmedError when the broker did not confirm in time; OUTCOME_UNKNOWN with the message's id when
   *   the broker may have the message
   */
  async submit(request: SubmitMessageRequest): Promise<SubmitMessageResponse> {
    const { queue, message, delayMs } = request;
    const event = OPEN_EVENTS.get(queue);
    if (!event) throw QueueNotFoundError.of(queue);
    const { messageId } = await this.publisher.publish(event.queue, {
      ...event.of(message),
      delayMs,
      messageId: idOf(request),
    });
    await this.accepted.note(messageId, delayMs);
    return { messageId };
  }

  /** @throws MessageNotFoundError (by its reason) for an id that was never accepted, or was accepted too long ago */
  async getState(request: GetMessageStatusRequest): Promise<GetMessageStatusResponse> {
    const messageId = request.messageId.toLowerCase();
    try {
      return await this.worker.getStatus({ messageId });
    } catch (error) {
      // The worker finds a message once it has stored it as delayed, as done, or as a dead letter.
      if (!(error instanceof AppError) || error.reason !== 'MESSAGE_NOT_FOUND') throw error;
      const updatedAt = acceptedAt(messageId) ?? (await this.accepted.since(messageId));
      if (!updatedAt) throw error;
      return { messageId, status: MessageStatus.ACCEPTED, updatedAt };
    }
  }
}

function idOf({ idempotencyKey: key, queue, message: payload, delayMs }: SubmitMessageRequest): string {
  const principal = RequestContext.current()?.principal?.id;
  return key ? keyedMessageId({ key, principal, queue, payload, delayMs }) : newAcceptedId(delayMs);
}
