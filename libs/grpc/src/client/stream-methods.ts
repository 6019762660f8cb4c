import type { CallOptions } from '@app/contracts';
import type { Spans } from '@app/telemetry';
import { rpcSpan } from '../rpc.span.js';
import { limitsOf } from './call-limits.js';
import { isRepeatable } from './is-repeatable.js';
import { StreamCall, type StreamMethod } from './stream-call.js';

type Answer = (requests: AsyncIterable<unknown>, options?: CallOptions) => Promise<unknown>;
type Answers = (input: unknown, options?: CallOptions) => AsyncIterable<unknown>;

/** Creates the method of a client-streaming rpc, which has one response. It is never repeated. */
export function answerMethod(method: StreamMethod, spans: Spans): Answer {
  const { name, options: span } = rpcSpan(method.definition.path, 'client');
  const readOnly = method.definition.idempotency === 'no_side_effects';
  return (requests, options) =>
    spans.run(name, span, () =>
      method.channel.policy.run(({ signal }) => new StreamCall(method, options).answer(requests, signal), {
        precondition: method.channel.connection?.forRequestStreams,
        readOnly,
        ...limitsOf(options),
      }),
    );
}

/**
 * Creates the method of an rpc that answers with a stream. The call begins when the first response is read, and
 * goes through the policy until that response has arrived. A later failure fails the stream; nothing is repeated then.
 * A caller that stops iterating cancels the call.
 */
export function answersMethod(method: StreamMethod, spans: Spans): Answers {
  const { definition, channel, metrics } = method;
  const { name, options: span } = rpcSpan(definition.path, 'client');
  const { requestStream } = definition;
  const readOnly = definition.idempotency === 'no_side_effects';
  const precondition = requestStream ? channel.connection?.forRequestStreams : channel.connection;
  const open = (input: unknown, options?: CallOptions) =>
    channel.policy.run(
      async ({ signal }) => {
        const call = new StreamCall(method, options);
        const answers = call.answers(input, signal);
        const first = await withCallErrors(call, answers.next());
        return { call, answers, first };
      },
      {
        // A stream of requests can be read only once.
        idempotent: !requestStream && isRepeatable(definition, input),
        retryRefused: !requestStream,
        readOnly,
        precondition,
        ...limitsOf(options),
      },
    );
  return async function* (input, options) {
    const { call, answers, first } = await spans.run(name, span, () => open(input, options));
    try {
      for (let next = first; !next.done; next = await answers.next()) {
        metrics.received.inc();
        yield definition.response.decode(next.value);
      }
    } catch (thrown) {
      throw call.errorOf(thrown);
    } finally {
      call.cancel();
    }
  };
}

async function withCallErrors<T>(call: StreamCall, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    throw call.errorOf(thrown);
  }
}
