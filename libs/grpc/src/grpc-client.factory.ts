import type { CallOptions, MethodDefinition, ServiceDefinition } from '@app/contracts';
import type { Attempt } from '@app/resilience';
import type { Spans } from '@app/telemetry';
import { type ClientUnaryCall, type ServiceError, status as GrpcCode } from '@grpc/grpc-js';
import { limitsOf } from './client/call-limits.js';
import { errorOfCall } from './client/call-error.js';
import { isRepeatable } from './client/is-repeatable.js';
import { outgoingMetadata } from './client/outgoing-metadata.js';
import { answerMethod, answersMethod } from './client/stream-methods.js';
import type { Channel } from './grpc.channels.js';
import type { CallMetrics } from './grpc.metrics.js';
import { asIs, toBuffer } from './message-bytes.js';
import { rpcSpan } from './rpc.span.js';

type Method = MethodDefinition<unknown, unknown>;
type Unary = (request: unknown, options?: CallOptions) => Promise<unknown>;

/**
 * Creates a client of a service, with one method per rpc.
 *
 * - Each call goes through the upstream's policy and carries the request id and the trace of the context.
 * - The policy, the upstream's time-out and the context's deadline (less a margin) limit each attempt of a unary call.
 *   The context's signal cancels it.
 * - Methods that are `no_side_effects` or `idempotent` are repeated, and so are requests with an `idempotencyKey`.
 *   Others are repeated only when they did not reach a handler.
 * - A call without a connection waits for one, see `UpstreamConnection`.
 * - A failed call rejects with the `AppError` that the server sent, or with OUTCOME_UNKNOWN when it may have taken
 *   effect.
 */
export function createGrpcClient(
  service: ServiceDefinition,
  channel: Channel,
  metrics: CallMetrics,
  spans: Spans,
): Record<string, unknown> {
  const methods = Object.entries(service.methods).map(([name, method]) => [
    name,
    methodOf(method, channel, metrics, spans),
  ]);
  return Object.fromEntries(methods);
}

function methodOf(definition: Method, channel: Channel, metrics: CallMetrics, spans: Spans) {
  const stream = { definition, channel, metrics: metrics.of(definition.path) };
  if (definition.responseStream) return answersMethod(stream, spans);
  if (definition.requestStream) return answerMethod(stream, spans);
  return traced(definition, spans, unary(definition, channel, metrics));
}

function traced({ path }: Method, spans: Spans, call: Unary): Unary {
  const { name, options } = rpcSpan(path, 'client');
  return (request, callOptions) => spans.run(name, options, () => call(request, callOptions));
}

function unary(method: Method, channel: Channel, metrics: CallMetrics) {
  const counts = metrics.of(method.path);
  const deserialize = (bytes: Buffer) => method.response.decode(bytes);
  const call = (request: Buffer, { deadline, signal }: Attempt): Promise<unknown> => {
    const started = performance.now();
    counts.started.inc();
    counts.sent.inc();
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, response: unknown) => {
        signal?.removeEventListener('abort', cancel);
        counts.ended(error?.code ?? GrpcCode.OK, performance.now() - started);
        if (error) return reject(errorOfCall(error, method, outgoing, channel));
        counts.received.inc();
        resolve(response);
      };
      const outgoing: ClientUnaryCall = channel.client.makeUnaryRequest(
        method.path,
        asIs,
        deserialize,
        request,
        outgoingMetadata(),
        { deadline: Date.now() + Math.min(channel.config.timeout, deadline - started) },
        done,
      );
      const cancel = () => outgoing.cancel();
      signal?.addEventListener('abort', cancel, { once: true });
    });
  };
  const readOnly = method.idempotency === 'no_side_effects';
  return async (request: unknown, options?: CallOptions): Promise<unknown> => {
    // Encoded before the policy runs: a message that cannot be encoded is the caller's error, not the upstream's.
    const bytes = toBuffer(method.request, request);
    const idempotent = isRepeatable(method, request);
    return channel.policy.run((attempt) => call(bytes, attempt), {
      idempotent,
      retryRefused: true,
      readOnly,
      precondition: channel.connection,
      ...limitsOf(options),
    });
  };
}
