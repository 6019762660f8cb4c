import { childBudgetMs, remainingMs, RequestContext } from '@app/context';
import type { CallOptions, MethodDefinition } from '@app/contracts';
import type { ClientDuplexStream, ClientReadableStream, ClientWritableStream } from '@grpc/grpc-js';
import type { Channel } from '../grpc.channels.js';
import type { MethodMetrics } from '../grpc.metrics.js';
import { asIs, toBuffer } from '../message-bytes.js';
import { limitsOf } from './call-limits.js';
import { errorOfCall } from './call-error.js';
import { outgoingMetadata } from './outgoing-metadata.js';
import { sendRequests } from './send-requests.js';

/** What all streams of one method share. */
export interface StreamMethod {
  readonly definition: MethodDefinition<unknown, unknown>;
  readonly channel: Channel;
  readonly metrics: MethodMetrics;
}

type Outgoing =
  ClientReadableStream<Buffer> | ClientWritableStream<Buffer> | ClientDuplexStream<Buffer, Buffer>;

/**
 * One streaming call. Only its caller limits its duration: by the deadline of the call's options or of the context
 * (less a margin). Without one it has no deadline; the upstream's time-out does not apply.
 */
export class StreamCall {
  private readonly started = performance.now();
  private readonly ended = new AbortController();
  private outgoing: Outgoing | undefined;
  /** The error that the caller's stream of requests threw. The call rejects with it, not with the cancellation. */
  private failure: Error | undefined;

  constructor(
    private readonly method: StreamMethod,
    private readonly options: CallOptions = {},
  ) {}

  /** Starts a client-streaming call; resolves with its one response. */
  answer(requests: AsyncIterable<unknown>, signal: AbortSignal | undefined): Promise<unknown> {
    const { definition, channel, metrics } = this.method;
    return new Promise((resolve, reject) => {
      const outgoing = channel.client.makeClientStreamRequest(
        definition.path,
        asIs,
        asIs,
        outgoingMetadata(),
        this.limits(),
        (error, response) => {
          if (error || !response) return reject(this.errorOf(error));
          metrics.received.inc();
          resolve(definition.response.decode(response));
        },
      );
      this.follow(outgoing, signal);
      this.send(requests, outgoing);
    });
  }

  /** Starts a call with a stream of responses, which is read no faster than the caller takes them. */
  answers(input: unknown, signal: AbortSignal | undefined): AsyncIterator<Buffer> {
    const { definition, channel } = this.method;
    const metadata = outgoingMetadata();
    if (definition.requestStream) {
      const outgoing = channel.client.makeBidiStreamRequest(
        definition.path,
        asIs,
        asIs,
        metadata,
        this.limits(),
      );
      this.follow(outgoing, signal);
      this.send(input as AsyncIterable<unknown>, outgoing);
      return iterate(outgoing);
    }
    const request = toBuffer(definition.request, input);
    const outgoing = channel.client.makeServerStreamRequest(
      definition.path,
      asIs,
      asIs,
      request,
      metadata,
      this.limits(),
    );
    this.method.metrics.sent.inc();
    this.follow(outgoing, signal);
    return iterate(outgoing);
  }

  /** Cancels the call. Does nothing after its end. */
  cancel(): void {
    if (!this.ended.signal.aborted) this.outgoing?.cancel();
  }

  errorOf(thrown: unknown): Error {
    const { channel, definition } = this.method;
    return this.failure ?? errorOfCall(thrown, definition, this.outgoing, channel);
  }

  private follow(outgoing: Outgoing, signal: AbortSignal | undefined): void {
    const { metrics } = this.method;
    const cancel = () => outgoing.cancel();
    this.outgoing = outgoing;
    metrics.started.inc();
    signal?.addEventListener('abort', cancel, { once: true });
    // An error may occur after the last reader has stopped. Without a listener it would end the process.
    outgoing.on('error', () => undefined);
    outgoing.once('status', ({ code }: { code: number }) => {
      signal?.removeEventListener('abort', cancel);
      metrics.ended(code, performance.now() - this.started);
      this.ended.abort();
    });
  }

  private send(requests: AsyncIterable<unknown>, to: ClientWritableStream<Buffer>): void {
    const { definition, metrics } = this.method;
    const encode = (message: unknown) => {
      metrics.sent.inc();
      return toBuffer(definition.request, message);
    };
    void sendRequests(requests, to, encode, this.ended.signal).catch((error: Error) => {
      if (this.ended.signal.aborted) return;
      this.failure = error;
      this.outgoing?.cancel();
    });
  }

  private limits(): { deadline: number } {
    const contexts = childBudgetMs(RequestContext.current()?.deadline);
    const { deadline } = limitsOf(this.options);
    return { deadline: Date.now() + Math.min(remainingMs(deadline), contexts) };
  }
}

/** A `break` in a loop over the responses cancels the call. It must not destroy one half of the stream instead. */
function iterate(
  outgoing: ClientReadableStream<Buffer> | ClientDuplexStream<Buffer, Buffer>,
): AsyncIterator<Buffer> {
  return outgoing.iterator({ destroyOnReturn: false });
}
