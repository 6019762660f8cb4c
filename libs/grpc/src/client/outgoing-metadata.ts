import { RequestContext, toTraceparent } from '@app/context';
import { Metadata } from '@grpc/grpc-js';

/** What a call takes along of the work that makes it: its request id and its place in the trace. */
export function outgoingMetadata(): Metadata {
  const metadata = new Metadata();
  const context = RequestContext.current();
  if (context) {
    metadata.set('x-request-id', context.requestId);
    metadata.set('traceparent', toTraceparent(context.trace));
  }
  return metadata;
}
