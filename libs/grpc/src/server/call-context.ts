import { type Deadline, deadlineIn, RequestContext } from '@app/context';
import type { Metadata, ServerInterceptingCallInterface } from '@grpc/grpc-js';

/** The context of a call: its ids from the metadata, and its deadline. */
export function contextOf(
  call: ServerInterceptingCallInterface,
  metadata: Metadata,
  operation: string,
  signal: AbortSignal,
): RequestContext {
  return new RequestContext({
    door: 'grpc',
    operation,
    requestId: text(metadata, 'x-request-id'),
    traceparent: text(metadata, 'traceparent'),
    deadline: deadlineOf(call),
    signal,
  });
}

function deadlineOf(call: ServerInterceptingCallInterface): Deadline | undefined {
  const epoch = Number(call.getDeadline());
  return Number.isFinite(epoch) ? deadlineIn(epoch - Date.now()) : undefined;
}

function text(metadata: Metadata, key: string): string | undefined {
  const [value] = metadata.get(key);
  return typeof value === 'string' ? value : undefined;
}
