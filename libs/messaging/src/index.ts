export { amqpTransport } from './consume/amqp.transport.js';
export { AmqpServer } from './consume/amqp.server.js';
export type { BatchOptions } from './consume/batch.collector.js';
export { BatchContext } from './consume/batch.context.js';
export { Consume, type ConsumeEventOptions, type ConsumeOptions } from './consume/consume.decorator.js';
export { ConsumerModule } from './consume/consumer.module.js';
export { contractSchema } from './consume/contract-schema.js';
export type { Failure } from './consume/failure.js';
export type { IncomingMessage } from './consume/incoming-message.js';
export { MessageContext } from './consume/message.context.js';
export type { StandardSchema } from './consume/standard-schema.js';
export type {
  DeadLetter,
  DeadLetterAction,
  DeadLetterFilter,
  DeadLetterStatus,
  DeadLetterSummary,
  OperatorAction,
} from './dead-letters/dead-letter.js';
export { DeadLetterAdmin } from './dead-letters/dead-letter.admin.js';
export { DeadLetterAdminModule } from './dead-letters/dead-letter-admin.module.js';
export { DeadLetters } from './dead-letters/dead-letters.js';
export { type DeadLettersConfig, deadLettersConfig } from './dead-letters/dead-letters.config.js';
export { DeadLetterHandledError, DeadLetterNotFoundError } from './dead-letters/dead-letters.errors.js';
export { DelayedMessages } from './delayed/delayed-messages.js';
export { DelayedMessagesModule } from './delayed/delayed-messages.module.js';
export { Inbox } from './inbox/inbox.js';
export { isMessageId, newMessageId } from './message-id.js';
export { type MessagingConfig, messagingConfig } from './messaging.config.js';
export {
  MalformedMessageError,
  MessageTooLargeError,
  MessagingError,
  NoTransactionError,
  QueueTakenError,
  UnsupportedContentError,
} from './messaging.errors.js';
export { EventOutbox, type OutboxEvent } from './outbox/event-outbox.js';
export { OutboxModule } from './outbox/outbox.module.js';
export { MessagePublisher, type OutgoingMessage, type PublishOptions } from './publish/message-publisher.js';
export { PublisherModule } from './publish/publisher.module.js';
export { RelayModule } from './relay/relay.module.js';
export { type AppTopology, describeTopology, type DescribedQueue } from './topology/describe-topology.js';
export { acceptedAt, newAcceptedId } from './accepted-id.js';
export { keyedMessageId, type KeyedRequest } from './keyed-message-id.js';
