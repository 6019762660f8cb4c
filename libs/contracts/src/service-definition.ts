import type { HttpEndpoint } from './http-endpoint.js';
import type { MessageCodec } from './message-codec.js';
import type { Validator } from './violation.js';

/** The effect of a repeated call; from `option idempotency_level` in the proto file. */
export type IdempotencyLevel = 'unknown' | 'no_side_effects' | 'idempotent';

/** Everything that a server or a client needs for one rpc. */
export interface MethodDefinition<Request = unknown, Response = unknown> {
  /** As in the proto file, e.g. `BatchGet`. */
  readonly name: string;
  /** HTTP/2 path, e.g. `/ganymede.testing.v1.EchoService/Echo`. */
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  /** A client may retry and hedge `no_side_effects` and `idempotent` calls. */
  readonly idempotency: IdempotencyLevel;
  readonly request: MessageCodec<Request>;
  readonly response: MessageCodec<Response>;
  /** Applies the `buf.validate` rules of the request; of each element when it is a stream. */
  readonly validate: Validator<Request>;
  /** The HTTP side, for a method with `google.api.http`. */
  readonly http?: HttpEndpoint<Request, Response>;
}

/**
 * A service of the proto files. `Methods` is keyed by the name in TypeScript (`batchGet`), which the
 * `…Implementation` and `…Client` types share.
 */
export interface ServiceDefinition {
  /** Short name, e.g. `CountersService`. */
  readonly name: string;
  /** Name on the wire, in health checks and in reflection. */
  readonly fullName: string;
  // A method's request is both read and written, so no type but `any` covers every method.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly methods: Readonly<Record<string, MethodDefinition<any, any>>>;
}

/** Per-call options of every generated client. */
export interface CallOptions {
  /** Cancels the call; the server sees the cancellation. */
  readonly signal?: AbortSignal;
  /**
   * When the call must have ended, as a date or as milliseconds since the Unix epoch.
   * @default the deadline of the current context, else the policy's total timeout
   */
  readonly deadline?: Date | number;
}
