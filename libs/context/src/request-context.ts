import { AsyncLocalStorage } from 'node:async_hooks';
import { type Deadline, earliest, remainingMs } from './deadline.js';
import type { Principal } from './principal.js';
import { acceptRequestId } from './request-id.js';
import { continueTrace, type TraceContext } from './trace-context.js';

/** The four doors at which work comes in. */
export type Door = 'http' | 'grpc' | 'amqp' | 'cron';

/** @publicApi */
export interface ContextOptions {
  door: Door;
  /** What is asked for, of bounded variety: route template, RPC method, queue or job name. */
  operation: string;
  /** As the caller sent it; replaced when it is not acceptable. */
  requestId?: unknown;
  /** The caller's `traceparent`. */
  traceparent?: string;
  deadline?: Deadline;
  /** Aborted when the caller has gone away. */
  signal?: AbortSignal;
}

/**
 * What travels with a piece of work through every layer without being passed by hand. It is entered at the
 * doors, read by logging, and leaves through gRPC metadata and AMQP headers.
 *
 * @publicApi
 */
export class RequestContext {
  private static readonly storage = new AsyncLocalStorage<RequestContext>();

  readonly door: Door;
  operation: string;
  readonly requestId: string;
  readonly trace: TraceContext;
  readonly deadline: Deadline | undefined;
  principal: Principal | undefined;
  /** The transaction that is open here; owned by the `postgres` lib. */
  transaction: unknown;
  private readonly callerSignal: AbortSignal | undefined;
  private cachedSignal: AbortSignal | undefined;

  constructor(options: ContextOptions) {
    this.door = options.door;
    this.operation = options.operation;
    this.requestId = acceptRequestId(options.requestId);
    this.trace = continueTrace(options.traceparent);
    this.deadline = options.deadline;
    this.callerSignal = options.signal;
  }

  /** The context of the work that runs here; undefined outside the doors (start-up, background loops). */
  static current(): RequestContext | undefined {
    return RequestContext.storage.getStore();
  }

  /** Runs `work` in this context, with everything that it starts. */
  run<T>(work: () => T): T {
    return RequestContext.storage.run(this, work);
  }

  /** Runs `work` outside any context: for what outlives the request that happens to start it. */
  static detach<T>(work: () => T): T {
    return RequestContext.storage.exit(work);
  }

  /** A copy for a part of this work with a transaction of its own or an earlier deadline. */
  fork(changes: { transaction?: unknown; deadline?: Deadline }): RequestContext {
    const fork = Object.create(this) as RequestContext;
    return Object.assign(fork, {
      transaction: 'transaction' in changes ? changes.transaction : this.transaction,
      deadline: earliest(this.deadline, changes.deadline),
      cachedSignal: undefined,
    });
  }

  /**
   * Aborted when the caller has gone away or the deadline has passed. Made when first asked for: most work
   * never looks at it, and a timer for each request would not be free.
   */
  get signal(): AbortSignal | undefined {
    this.cachedSignal ??= this.makeSignal();
    return this.cachedSignal;
  }

  private makeSignal(): AbortSignal | undefined {
    if (this.deadline === undefined) return this.callerSignal;
    const timeout = AbortSignal.timeout(Math.ceil(remainingMs(this.deadline)));
    return this.callerSignal ? AbortSignal.any([this.callerSignal, timeout]) : timeout;
  }
}
