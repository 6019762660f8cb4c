export { type ConsumerOptions, type Delivery, SupervisedConsumer } from './consume/supervised.consumer.js';
export type { BrokerMessage } from './publish/broker-message.js';
export { ConfirmPublisher } from './publish/confirm.publisher.js';
export { type RabbitMqConfig, rabbitmqConfig } from './rabbitmq.config.js';
export { RabbitMqConnection } from './rabbitmq.connection.js';
export {
  BrokerUnreachableError,
  MessageUnsendableError,
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
