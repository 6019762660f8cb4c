import type { SpanOptions } from '@app/telemetry';

const OPERATIONS = { producer: 'send', consumer: 'process' } as const;

/** What the spans of a message tell, on either side of its queue. */
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

/** The same of messages that are processed together. */
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
