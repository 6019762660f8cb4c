export { Consume, type ConsumeOptions } from './consume/consume.decorator.js';
export { contractSchema } from './consume/contract-schema.js';
export { EventOutbox, type OutboxEvent } from './outbox/event-outbox.js';
export { MessagePublisher, type OutgoingMessage, type PublishOptions } from './publish/message-publisher.js';
