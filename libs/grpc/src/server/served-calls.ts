import { type AppError, ShuttingDownError } from '@app/errors';
import { UnorderedPool } from '@app/lifecycle';
import type {
  Metadata,
  Server,
  ServerInterceptingCall,
  ServerInterceptingCallInterface,
  ServerInterceptor,
} from '@grpc/grpc-js';
import { MetadataTooLargeError } from '../grpc.errors.js';
import { GracefulGoaway } from './graceful-goaway.js';
import { ServedCall } from './served-call.js';
import type { ServedMethod } from './served-method.js';
import type { ServerEnvironment } from './server-environment.js';
import { markServed } from './unserved-calls.js';

type CallListener = Parameters<ServerInterceptingCallInterface['start']>[0];

export interface ServedCallsOptions extends ServerEnvironment {
  /** Returns the rpc of a path. */
  method(path: string, streaming: boolean): ServedMethod;
  /** Bytes. */
  readonly maxMetadataSize: number;
}

/** The calls in flight, each from its metadata to its end. */
export class ServedCalls {
  private readonly active = new UnorderedPool<ServedCall>();
  private readonly whenIdle: (() => void)[] = [];
  private readonly goaway = new GracefulGoaway();
  private refusing = false;

  constructor(private readonly options: ServedCallsOptions) {}

  get size(): number {
    return this.accepted().length;
  }

  /**
   * Intercepts each call of grpc-js. It patches the call instead of wrapping it: statuses that grpc-js creates itself
   * (a deadline, a message that is too large) do not pass through a wrapper.
   */
  readonly intercept: ServerInterceptor = ({ path, requestStream, responseStream }, call) => {
    const method = this.options.method(path, requestStream || responseStream);
    const start = call.start.bind(call);
    const sendStatus = call.sendStatus.bind(call);
    let served: ServedCall | undefined;
    call.start = (listener) => {
      const enter = (metadata: Metadata) => (served = this.enter(method, call, metadata));
      start(this.surround(listener, enter, () => served?.clientClosed()));
    };
    call.sendStatus = (status) => {
      const finalStatus = served ? served.close(status) : status;
      if (finalStatus) this.goaway.conclude(call, () => sendStatus(finalStatus));
    };
    // The type requires the wrapper class, but grpc-js accepts the call itself.
    return call as ServerInterceptingCall;
  };

  /** Begins to send GOAWAY: each connection receives it at the end of its next call. All calls are still served. */
  drainConnections(server: Server): void {
    this.goaway.begin(server);
  }

  /** Refuses new calls, and ends the endless streams. */
  refuse(server: Server): void {
    this.goaway.finish(
      server,
      Array.from(this.active, ({ call }) => call),
    );
    this.refusing = true;
    this.endEach(({ method }) => method.endless);
  }

  /** Ends the streams that are still open. */
  endStreams(): void {
    this.endEach(({ method }) => method.streaming);
  }

  /** Resolves once no call of the app's services is in flight. */
  idle(): Promise<void> {
    if (this.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.whenIdle.push(resolve));
  }

  describe(): string[] {
    return this.accepted().map(({ description }) => description);
  }

  private surround(
    listener: CallListener,
    enter: (metadata: Metadata) => ServedCall,
    onClose: () => void,
  ): CallListener {
    let requests: ServedCall['requests'] | undefined;
    let call: ServedCall | undefined;
    return {
      onReceiveMetadata: (metadata) => {
        const served = enter(metadata);
        call = served;
        const refusal = this.refusalOf(served, metadata);
        if (refusal) return served.fail(refusal);
        // The reader pulls the messages of a stream; grpc-js would buffer sixteen of them.
        if (served.method.definition?.requestStream) ({ requests } = served);
        listener.onReceiveMetadata(metadata);
      },
      onReceiveMessage: (message: Buffer) => {
        call?.received(message);
        if (requests) requests.push(message);
        else listener.onReceiveMessage(message);
      },
      onReceiveHalfClose: () => {
        if (requests) requests.end();
        else listener.onReceiveHalfClose();
      },
      onCancel: () => {
        onClose();
        listener.onCancel();
      },
    };
  }

  private enter(method: ServedMethod, call: ServerInterceptingCallInterface, metadata: Metadata): ServedCall {
    const served = new ServedCall(method, call, metadata, this.options, this.ended);
    this.active.add(served);
    markServed(call);
    return served;
  }

  /** Unary health checks are answered until the end, so that clients can see NOT_SERVING. */
  private refusalOf({ method }: ServedCall, metadata: Metadata): AppError | undefined {
    if (this.refusing && (method.definition || method.streaming)) return ShuttingDownError.create();
    const limit = this.options.maxMetadataSize;
    const size = sizeOf(metadata);
    return size > limit ? MetadataTooLargeError.of(size, limit) : undefined;
  }

  private accepted(): ServedCall[] {
    return [...this.active].filter(({ method }) => method.definition !== undefined);
  }

  private endEach(which: (call: ServedCall) => boolean): void {
    for (const call of [...this.active].filter(which)) call.interrupt();
  }

  private readonly ended = (call: ServedCall): void => {
    this.active.remove(call);
    if (this.whenIdle.length === 0 || this.size > 0) return;
    for (const resolve of this.whenIdle.splice(0)) resolve();
  };
}

/** The size as HTTP/2 counts a header list. @see https://www.rfc-editor.org/rfc/rfc9113#section-10.5.1 */
function sizeOf(metadata: Metadata): number {
  let size = 0;
  const headers = metadata.toHttp2Headers();
  for (const name in headers) {
    const values = headers[name];
    // Plain loops: this runs for every call.
    if (Array.isArray(values)) for (const value of values) size += name.length + value.length + 32;
    else size += name.length + String(values).length + 32;
  }
  return size;
}
