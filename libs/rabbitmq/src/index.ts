export {
  type BodyLimit,
  type ConsumerOptions,
  type Delivery,
  SupervisedConsumer,
} from './consume/supervised.consumer.js';
export { SupervisedConsumers } from './consume/supervised-consumers.js';
export type { BrokerMessage } from './publish/broker-message.js';
export { ConfirmPublisher } from './publish/confirm.publisher.js';
export { type RabbitMqConfig, rabbitmqConfig } from './rabbitmq.config.js';
export { RabbitMqConnections } from './rabbitmq.connections.js';
export {
  BrokerTimeoutError,
  BrokerUnreachableError,
  ConnectionLostError,
  MessageUnsendableError,
  PublishBlockedError,
  PublishRefusedError,
  PublishUnconfirmedError,
  QueueNotFoundError,
  RabbitMqError,
  TopologyConflictError,
} from './rabbitmq.errors.js';
export { type RabbitMqFeature, RabbitMqModule } from './rabbitmq.module.js';
export type { RabbitMqOptions } from './rabbitmq.options.js';
export {
  type BrokerQueue,
  brokerQueuesOf,
  deadLetterQueueOf,
  parseDelay,
  quarantineOf,
  retryQueueOf,
} from './topology/queue-arguments.js';
export { Topology } from './topology/topology.js';
export { UNREADABLE_HEADERS } from './unreadable-headers.js';
