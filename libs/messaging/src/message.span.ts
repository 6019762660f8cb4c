import type { SpanOptions } from '@app/telemetry';

const OPERATIONS = { producer: 'send', consumer: 'process' } as const;

/** The attributes of a message's span, for its producer and its consumer. */
export function messageSpan(kind: 'producer' | 'consumer', queue: string, messageId: string): SpanOptions {
  return {
    kind,
    attributes: {
      'messaging.system': 'rabbitmq',
      'messaging.operation.type': OPERATIONS[kind],
      'messaging.destination.name': queue,
      'messaging.message.id': messageId,
    },
  };
}

/** The attributes of the span of a batch. */
export function batchSpan(queue: string, size: number): SpanOptions {
  return {
    kind: 'consumer',
    attributes: {
      'messaging.system': 'rabbitmq',
      'messaging.operation.type': OPERATIONS.consumer,
      'messaging.destination.name': queue,
      'messaging.batch.message_count': size,
    },
  };
}
