import { type Deadline, deadlineIn, RequestContext } from '@app/context';
import type { Metadata, ServerInterceptingCallInterface } from '@grpc/grpc-js';

/**
 * The share of the caller's time that is reserved for sending the response: a tenth, at most `MAX_MARGIN_MS`. A caller
 * without a response at its deadline resets the stream, and HTTP/2 treats too many resets as an attack.
 */
const MARGIN_SHARE = 0.1;
const MAX_MARGIN_MS = 50;

/** The context of a call: its ids from the metadata, and a deadline slightly before its caller's. */
export function contextOf(
  call: ServerInterceptingCallInterface,
  metadata: Metadata,
  operation: string,
  signal: AbortSignal,
): RequestContext {
  return new RequestContext({
    entry: 'grpc',
    operation,
    requestId: text(metadata, 'x-request-id'),
    traceparent: text(metadata, 'traceparent'),
    deadline: deadlineOf(call),
    signal,
  });
}

function deadlineOf(call: ServerInterceptingCallInterface): Deadline | undefined {
  const epoch = Number(call.getDeadline());
  if (!Number.isFinite(epoch)) return undefined;
  const callersMs = Math.max(0, epoch - Date.now());
  return deadlineIn(callersMs - Math.min(callersMs * MARGIN_SHARE, MAX_MARGIN_MS));
}

function text(metadata: Metadata, key: string): string | undefined {
  const [value] = metadata.get(key);
  return typeof value === 'string' ? value : undefined;
}
