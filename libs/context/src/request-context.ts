import { AsyncLocalStorage } from 'node:async_hooks';
import { type Deadline, earliest, remainingMs } from './deadline.js';
import type { Principal } from './principal.js';
import { acceptRequestId } from './request-id.js';
import { continueTrace, type TraceContext } from './trace-context.js';

/** The four entry points of work. */
export type Entry = 'http' | 'grpc' | 'amqp' | 'cron';

/** @publicApi */
export interface ContextOptions {
  entry: Entry;
  /** The requested operation, of low cardinality: route template, RPC method, queue or job name. */
  operation: string;
  /** The id from the caller; replaced when it is not acceptable. */
  requestId?: unknown;
  /** The caller's `traceparent`. */
  traceparent?: string;
  /** A trace of this process instead of the caller's; its span becomes the parent of this work's span. */
  trace?: TraceContext;
  deadline?: Deadline;
  /** Aborted when the caller disconnects or cancels. */
  signal?: AbortSignal;
  /** Holder of the same signal, for one that is created on first use. @default `signal` */
  caller?: { readonly signal: AbortSignal };
}

/**
 * The values of one request that every layer can read without passing them as parameters. It is created at the entry
 * points, read by logging, and sent to other processes in gRPC metadata and AMQP headers.
 *
 * @publicApi
 */
export class RequestContext {
  private static readonly storage = new AsyncLocalStorage<RequestContext | undefined>();

  readonly entry: Entry;
  readonly requestId: string;
  readonly deadline: Deadline | undefined;
  /** The open transaction; owned by the `postgres` lib. */
  transaction: unknown;
  private currentTrace: TraceContext;
  private readonly caller: { readonly signal?: AbortSignal } | undefined;
  /** Values that are set during the request. All forks share them. */
  private readonly learned: { operation: string; principal: Principal | undefined };
  private cachedSignal: AbortSignal | undefined;

  constructor(options: ContextOptions) {
    this.entry = options.entry;
    this.learned = { operation: options.operation, principal: undefined };
    this.requestId = acceptRequestId(options.requestId);
    this.currentTrace = options.trace ?? continueTrace(options.traceparent);
    this.deadline = options.deadline;
    this.caller = options.caller ?? (options.signal && { signal: options.signal });
  }

  /** The context of the current work; undefined outside the entry points (start-up, background loops). */
  static current(): RequestContext | undefined {
    return RequestContext.storage.getStore();
  }

  get operation(): string {
    return this.learned.operation;
  }

  set operation(operation: string) {
    this.learned.operation = operation;
  }

  /** The authenticated caller; set by the code that authenticates the request. */
  get principal(): Principal | undefined {
    return this.learned.principal;
  }

  set principal(principal: Principal | undefined) {
    this.learned.principal = principal;
  }

  get trace(): TraceContext {
    return this.currentTrace;
  }

  /** Marks this trace as recorded from now on, here and in called services. */
  startRecording(): void {
    this.currentTrace = { ...this.currentTrace, sampled: true };
  }

  /** Aborted when the caller disconnects. Unlike `signal` it has no timer; for work that checks the deadline itself. */
  get callerSignal(): AbortSignal | undefined {
    return this.caller?.signal;
  }

  /** Runs `work`, and everything that it starts, in this context. */
  run<T>(work: () => T): T {
    if (RequestContext.storage.getStore() === this) return work();
    return RequestContext.storage.run(this, work);
  }

  /** Runs `work` outside any context, for work that outlives the request that starts it. */
  static detach<T>(work: () => T): T {
    return RequestContext.storage.run(undefined, work);
  }

  /** The current context. Outside the entry points, for work of the process itself, a new one with this operation. */
  static currentOr(operation: string): RequestContext {
    return RequestContext.current() ?? new RequestContext({ entry: 'cron', operation });
  }

  /**
   * A context for work whose result other requests may need too. It has the same request id and trace, but not the
   * deadline, caller, principal or transaction of this work.
   */
  apart({ deadline, signal }: { deadline: Deadline; signal: AbortSignal }): RequestContext {
    const { entry, operation, requestId, trace } = this;
    return new RequestContext({ entry, operation, requestId, trace, deadline, signal });
  }

  /** A copy for a part of this work: with its own transaction, its own span, or an earlier deadline. */
  fork(changes: { transaction?: unknown; deadline?: Deadline; trace?: TraceContext }): RequestContext {
    const fork = Object.create(this) as RequestContext;
    const deadline = earliest(this.deadline, changes.deadline);
    return Object.assign(fork, {
      transaction: 'transaction' in changes ? changes.transaction : this.transaction,
      deadline,
      currentTrace: changes.trace ?? this.currentTrace,
      cachedSignal: deadline === this.deadline ? this.cachedSignal : undefined,
    });
  }

  /**
   * Aborted when the caller disconnects or the deadline passes. Created on first use: most work never uses it, and
   * it would cost a timer for each request.
   */
  get signal(): AbortSignal | undefined {
    this.cachedSignal ??= this.makeSignal();
    return this.cachedSignal;
  }

  private makeSignal(): AbortSignal | undefined {
    const { callerSignal } = this;
    if (this.deadline === undefined) return callerSignal;
    const timeout = AbortSignal.timeout(Math.ceil(remainingMs(this.deadline)));
    return callerSignal ? AbortSignal.any([callerSignal, timeout]) : timeout;
  }
}
