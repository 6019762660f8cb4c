import { childBudgetMs, RequestContext, toTraceparent } from '@app/context';
import type { CallOptions, MethodDefinition, ServiceDefinition } from '@app/contracts';
import { CancelledError } from '@app/errors';
import { type ClientUnaryCall, Metadata, type ServiceError, status as GrpcCode } from '@grpc/grpc-js';
import type { Channel } from './grpc.channels.js';
import type { CallMetrics } from './grpc.metrics.js';
import { toBuffer } from './grpc.server.js';
import { fromWire } from './wire-error.js';

type Method = MethodDefinition<unknown, unknown>;

/**
 * Makes a client of a service: a method per unary rpc. Each call carries the request id and the trace of the
 * context, takes no longer than the context's deadline (less a margin) and the upstream's time-out, is
 * cancelled with the context's signal, and rejects with the `AppError` that the server raised.
 */
export function createGrpcClient(
  service: ServiceDefinition,
  channel: Channel,
  metrics: CallMetrics,
): Record<string, unknown> {
  const methods = Object.entries(service.methods)
    .filter(([, method]) => !method.requestStream && !method.responseStream)
    .map(([name, method]) => [name, unary(method, channel, metrics)]);
  return Object.fromEntries(methods);
}

function unary(method: Method, channel: Channel, metrics: CallMetrics) {
  const serialize = (message: unknown) => toBuffer(method.request, message);
  const deserialize = (bytes: Buffer) => method.response.decode(bytes);
  return (request: unknown, options: CallOptions = {}): Promise<unknown> => {
    const context = RequestContext.current();
    const signal = options.signal ?? context?.signal;
    if (signal?.aborted) return Promise.reject(CancelledError.of(method.path, signal.reason));
    const started = performance.now();
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, response: unknown) => {
        signal?.removeEventListener('abort', cancel);
        metrics.observe(method.path, error?.code ?? GrpcCode.OK, performance.now() - started);
        if (error) reject(fromWire(error, channel.upstream, method.path));
        else resolve(response);
      };
      const deadline = deadlineOf(options, context, channel);
      const call: ClientUnaryCall = channel.client.makeUnaryRequest(
        method.path,
        serialize,
        deserialize,
        request,
        metadataOf(context),
        { deadline },
        done,
      );
      const cancel = () => call.cancel();
      signal?.addEventListener('abort', cancel, { once: true });
    });
  };
}

function metadataOf(context: RequestContext | undefined): Metadata {
  const metadata = new Metadata();
  if (context) {
    metadata.set('x-request-id', context.requestId);
    metadata.set('traceparent', toTraceparent(context.trace));
  }
  return metadata;
}

/** Milliseconds since the epoch, as grpc-js wants it. */
function deadlineOf(options: CallOptions, context: RequestContext | undefined, channel: Channel): number {
  const asked = options.deadline === undefined ? Infinity : Number(options.deadline);
  return Math.min(asked, Date.now() + Math.min(channel.config.timeout, childBudgetMs(context?.deadline)));
}
