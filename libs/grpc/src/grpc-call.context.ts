import { type Deadline, deadlineIn, RequestContext } from '@app/context';
import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';

/** What every kind of server call offers. */
export type AnyServerCall = Pick<
  ServerUnaryCall<unknown, unknown>,
  'metadata' | 'getDeadline' | 'on' | 'cancelled'
>;

/** The context of a call: its ids from the metadata, its deadline, and a signal that follows its cancellation. */
export function contextOf(call: AnyServerCall, operation: string): RequestContext {
  const cancelled = new AbortController();
  call.on('cancelled', () => cancelled.abort());
  return new RequestContext({
    door: 'grpc',
    operation,
    requestId: text(call.metadata, 'x-request-id'),
    traceparent: text(call.metadata, 'traceparent'),
    deadline: deadlineOf(call),
    signal: cancelled.signal,
  });
}

function deadlineOf(call: AnyServerCall): Deadline | undefined {
  const epoch = Number(call.getDeadline());
  return Number.isFinite(epoch) ? deadlineIn(epoch - Date.now()) : undefined;
}

function text(metadata: Metadata, key: string): string | undefined {
  const [value] = metadata.get(key);
  return typeof value === 'string' ? value : undefined;
}
