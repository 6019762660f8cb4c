import type { IncomingMessage } from '@app/messaging';

/** A message of which all attempts failed, as it is in the dead letter queue. */
export function deadMessage(queue: string): IncomingMessage {
  return {
    queue,
    id: '0197a000-0000-7000-8000-000000000001',
    identified: true,
    type: 'tests.order.v1',
    correlationId: undefined,
    damage: undefined,
    contentType: undefined,
    contentEncoding: undefined,
    requestId: undefined,
    traceparent: undefined,
    attempt: 3,
    deliveries: 0,
    returns: 0,
    failures: [{ attempt: 3, at: '2026-03-01T00:00:00.000Z', reason: 'Error', message: 'the bug' }],
    headers: {},
    content: Buffer.from('{"a":1}'),
  };
}
