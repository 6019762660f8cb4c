import { RequestContext, toTraceparent } from '@app/context';
import { Metadata } from '@grpc/grpc-js';

/**
 * What a call takes along of the work that makes it: its request id and its place in the trace.
 *
 * @param waitForReady whether grpc-js keeps a call that was not sent yet until there is a connection, or its deadline
 */
export function outgoingMetadata(waitForReady = false): Metadata {
  const metadata = new Metadata({ waitForReady });
  const context = RequestContext.current();
  if (context) {
    metadata.set('x-request-id', context.requestId);
    metadata.set('traceparent', toTraceparent(context.trace));
  }
  return metadata;
}
