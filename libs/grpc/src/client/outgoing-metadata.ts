import { RequestContext, toTraceparent } from '@app/context';
import { Metadata } from '@grpc/grpc-js';

/** The metadata of a call: the request id and the trace of the current context. */
export function outgoingMetadata(): Metadata {
  const metadata = new Metadata();
  const context = RequestContext.current();
  if (context) {
    metadata.set('x-request-id', context.requestId);
    metadata.set('traceparent', toTraceparent(context.trace));
  }
  return metadata;
}
