import { AsyncLocalStorage } from 'node:async_hooks';
import { type Deadline, earliest, remainingMs } from './deadline.js';
import type { Principal } from './principal.js';
import { acceptRequestId } from './request-id.js';
import { continueTrace, type TraceContext } from './trace-context.js';

/** The four entry points at which work comes in. */
export type Entry = 'http' | 'grpc' | 'amqp' | 'cron';

/** @publicApi */
export interface ContextOptions {
  entry: Entry;
  /** What is asked for, of bounded variety: route template, RPC method, queue or job name. */
  operation: string;
  /** As the caller sent it; replaced when it is not acceptable. */
  requestId?: unknown;
  /** The caller's `traceparent`. */
  traceparent?: string;
  /** The step of this process that the work belongs to, instead of a caller's: its span is the parent of the work's. */
  trace?: TraceContext;
  deadline?: Deadline;
  /** Aborted when the caller has gone away. */
  signal?: AbortSignal;
  /** The same from where it is made when first asked for. @default `signal` */
  caller?: { readonly signal: AbortSignal };
}

/**
 * What travels with a piece of work through every layer without being passed by hand. It is entered at the
 * entry points, read by logging, and leaves through gRPC metadata and AMQP headers.
 *
 * @publicApi
 */
export class RequestContext {
  private static readonly storage = new AsyncLocalStorage<RequestContext>();

  readonly entry: Entry;
  readonly requestId: string;
  readonly deadline: Deadline | undefined;
  /** The transaction that is open here; owned by the `postgres` lib. */
  transaction: unknown;
  private currentTrace: TraceContext;
  private readonly caller: { readonly signal?: AbortSignal } | undefined;
  /** What is learned on the way, for the whole work: forks share it. */
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

  /** The context of the work that runs here; undefined outside the entry points (start-up, background loops). */
  static current(): RequestContext | undefined {
    return RequestContext.storage.getStore();
  }

  get operation(): string {
    return this.learned.operation;
  }

  set operation(operation: string) {
    this.learned.operation = operation;
  }

  /** On whose behalf; set by whoever found it out. */
  get principal(): Principal | undefined {
    return this.learned.principal;
  }

  set principal(principal: Principal | undefined) {
    this.learned.principal = principal;
  }

  get trace(): TraceContext {
    return this.currentTrace;
  }

  /** From now on this trace is recorded, here and by whoever is called. */
  startRecording(): void {
    this.currentTrace = { ...this.currentTrace, sampled: true };
  }

  /** Aborted when the caller has gone away; unlike `signal` it makes no timer, for work that observes the deadline itself. */
  get callerSignal(): AbortSignal | undefined {
    return this.caller?.signal;
  }

  /** Runs `work` in this context, with everything that it starts. */
  run<T>(work: () => T): T {
    if (RequestContext.storage.getStore() === this) return work();
    return RequestContext.storage.run(this, work);
  }

  /** Runs `work` outside any context: for what outlives the request that happens to start it. */
  static detach<T>(work: () => T): T {
    return RequestContext.storage.exit(work);
  }

  /** The context here; for work of this process itself, outside the entry points, a new one of that name. */
  static currentOr(operation: string): RequestContext {
    return RequestContext.current() ?? new RequestContext({ entry: 'cron', operation });
  }

  /**
   * A context for work whose result others may need as well. It belongs to the same request and trace, and has neither
   * the deadline, nor the caller, nor the principal, nor the transaction of this work.
   */
  apart({ deadline, signal }: { deadline: Deadline; signal: AbortSignal }): RequestContext {
    const { entry, operation, requestId, trace } = this;
    return new RequestContext({ entry, operation, requestId, trace, deadline, signal });
  }

  /** A copy for a part of this work: with a transaction or a step of the trace of its own, or an earlier deadline. */
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
   * Aborted when the caller has gone away or the deadline has passed. Made when first asked for: most work
   * never looks at it, and a timer for each request would not be free.
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
