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
  /** What is known of an rpc by its path. */
  method(path: string, streaming: boolean): ServedMethod;
  /** Bytes. */
  readonly maxMetadataSize: number;
}

/** Every call that is served at this moment, from its metadata on. */
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
   * Stands around each call as grpc-js runs it. The call itself is adorned, not wrapped: statuses that grpc-js
   * makes by itself (a deadline, a message too large) do not pass through a wrapper.
   */
  readonly intercept: ServerInterceptor = ({ path, requestStream, responseStream }, call) => {
    const method = this.options.method(path, requestStream || responseStream);
    const start = call.start.bind(call);
    const sendStatus = call.sendStatus.bind(call);
    let served: ServedCall | undefined;
    call.start = (listener) => {
      const enter = (metadata: Metadata) => (served = this.enter(method, call, metadata));
      start(this.surround(listener, enter, () => served?.gone()));
    };
    call.sendStatus = (status) => {
      const told = served ? served.close(status) : status;
      if (told) this.goaway.conclude(call, () => sendStatus(told));
    };
    // It still is what an interceptor gets; the type asks for the class that wraps one.
    return call as ServerInterceptingCall;
  };

  /** Calls are served as before; clients are told to go elsewhere with the next. */
  leave(server: Server): void {
    this.goaway.begin(server);
  }

  /** Takes no new calls, and ends those that have no end of their own. */
  refuse(server: Server): void {
    this.goaway.finish(server);
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
    gone: () => void,
  ): CallListener {
    let requests: ServedCall['requests'] | undefined;
    let call: ServedCall | undefined;
    return {
      onReceiveMetadata: (metadata) => {
        const served = enter(metadata);
        call = served;
        const refusal = this.refusalOf(served, metadata);
        if (refusal) return served.fail(refusal);
        // Messages of a stream go to who asks for them; grpc-js would hold sixteen of them.
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
        gone();
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

  /** Health is told until the end: that it is bad is worth knowing. */
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

/** As HTTP/2 counts a header list. @see https://www.rfc-editor.org/rfc/rfc9113#section-10.5.1 */
function sizeOf(metadata: Metadata): number {
  let size = 0;
  const headers = metadata.toHttp2Headers();
  for (const name in headers) {
    const values = headers[name];
    // Plain loops: this is done for every call.
    if (Array.isArray(values)) for (const value of values) size += name.length + value.length + 32;
    else size += name.length + String(values).length + 32;
  }
  return size;
}
