import { deadlineIn, RequestContext, toTraceparent } from '@app/context';
import type { CallOptions, MethodDefinition, ServiceDefinition } from '@app/contracts';
import type { Attempt, CallLimits } from '@app/resilience';
import type { Spans } from '@app/telemetry';
import { type ClientUnaryCall, Metadata, type ServiceError, status as GrpcCode } from '@grpc/grpc-js';
import type { Channel } from './grpc.channels.js';
import type { CallMetrics } from './grpc.metrics.js';
import { toBuffer } from './grpc.server.js';
import { rpcSpan } from './rpc.span.js';
import { fromWire } from './wire-error.js';

type Method = MethodDefinition<unknown, unknown>;
type Unary = (request: unknown, options?: CallOptions) => Promise<unknown>;

/**
 * Makes a client of a service: a method per unary rpc. Each call goes through the upstream's policy and carries
 * the request id and the trace of the context; an attempt takes no longer than the policy, the upstream's
 * time-out and the context's deadline (less a margin) let it, and is cancelled with the context's signal. Only
 * methods that are `no_side_effects` or `idempotent` are repeated. A call rejects with the `AppError` that the
 * server raised.
 */
export function createGrpcClient(
  service: ServiceDefinition,
  channel: Channel,
  metrics: CallMetrics,
  spans: Spans,
): Record<string, unknown> {
  const methods = Object.entries(service.methods)
    .filter(([, method]) => !method.requestStream && !method.responseStream)
    .map(([name, method]) => [name, traced(method, spans, unary(method, channel, metrics))]);
  return Object.fromEntries(methods);
}

function traced({ path }: Method, spans: Spans, call: Unary): Unary {
  const { name, options } = rpcSpan(path, 'client');
  return (request, callOptions) => spans.run(name, options, () => call(request, callOptions));
}

function unary(method: Method, channel: Channel, metrics: CallMetrics) {
  const serialize = (message: unknown) => toBuffer(method.request, message);
  const deserialize = (bytes: Buffer) => method.response.decode(bytes);
  const call = (request: unknown, { deadline, signal }: Attempt): Promise<unknown> => {
    const started = performance.now();
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, response: unknown) => {
        signal?.removeEventListener('abort', cancel);
        metrics.observe(method.path, error?.code ?? GrpcCode.OK, performance.now() - started);
        if (error) reject(fromWire(error, channel.upstream, method.path));
        else resolve(response);
      };
      const outgoing: ClientUnaryCall = channel.client.makeUnaryRequest(
        method.path,
        serialize,
        deserialize,
        request,
        metadataOf(RequestContext.current()),
        { deadline: Date.now() + Math.min(channel.config.timeout, deadline - started) },
        done,
      );
      const cancel = () => outgoing.cancel();
      signal?.addEventListener('abort', cancel, { once: true });
    });
  };
  const idempotent = method.idempotency !== 'unknown';
  return (request: unknown, options?: CallOptions): Promise<unknown> =>
    channel.policy.run((attempt) => call(request, attempt), { idempotent, ...limitsOf(options) });
}

function limitsOf({ signal, deadline }: CallOptions = {}): CallLimits {
  return { signal, deadline: deadline === undefined ? undefined : deadlineIn(Number(deadline) - Date.now()) };
}

function metadataOf(context: RequestContext | undefined): Metadata {
  const metadata = new Metadata();
  if (context) {
    metadata.set('x-request-id', context.requestId);
    metadata.set('traceparent', toTraceparent(context.trace));
  }
  return metadata;
}
