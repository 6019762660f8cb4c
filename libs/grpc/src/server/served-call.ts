import { type Deadline, remainingMs, RequestContext } from '@app/context';
import { AppError, CancelledError, DeadlineExceededError, ShuttingDownError } from '@app/errors';
import type { ActiveItem } from '@app/lifecycle';
import { type AccessClient, logError } from '@app/logging';
import type { OpenSpan } from '@app/telemetry';
import { type Metadata, type ServerInterceptingCallInterface, status as GrpcCode } from '@grpc/grpc-js';
import { toGrpcError } from '../to-grpc-error.js';
import { toWire } from '../wire-error.js';
import type { WireStatus } from '../wire-status.js';
import { clientOf } from './call-client.js';
import { contextOf } from './call-context.js';
import { deadlineOutcome, outcomeUnknown, withCallOutcome } from './call-outcome.js';
import { RequestReader } from './request-reader.js';
import { ResponseWriter } from './response-writer.js';
import type { ServedMethod } from './served-method.js';
import type { ServerEnvironment } from './server-environment.js';
import { errorOfStatus } from './status-error.js';

const SERVED = Symbol('served call');

/**
 * A call that ends this close to its deadline counts as out of time, in milliseconds. The client cancels at its own
 * deadline, which is earlier than ours when the call waited for this process. A timer may also fire slightly early.
 */
const DEADLINE_NEAR_MS = 50;

/** The reasons with which drivers and upstreams report aborted work. */
const ABORTED: ReadonlySet<string> = new Set(['CANCELLED', 'DEADLINE_EXCEEDED']);

/** The status that grpc-js sends at the client's deadline. Its timer fires too late, so this class sends it earlier. */
const DEADLINE_STATUS = { code: GrpcCode.DEADLINE_EXCEEDED, details: 'Deadline exceeded' };

type Carrier = Metadata & { [SERVED]?: ServedCall };

/**
 * One call, from its metadata to its end. It has ended when its handler has settled, and its status was sent or the
 * client has closed it. A call that ends before its handler aborts the signal of its context. At the deadline the call
 * ends without waiting for the handler, while the client still waits for a status.
 */
export class ServedCall implements ActiveItem {
  readonly context: RequestContext;
  position = 0;
  readonly requests: RequestReader;
  private readonly responses: ResponseWriter;
  private readonly span: OpenSpan | undefined;
  private readonly aborter = new AbortController();
  private readonly startedAt = performance.now();
  private readonly expiry: NodeJS.Timeout | undefined;
  private readonly client: AccessClient;
  private bytesSent = 0;
  private bytesReceived = 0;
  private error: AppError | undefined;
  private code: number | undefined;
  /** How many of these are pending: the status and, once a handler has started, its end. */
  private missing = 1;
  private hasHandler = false;

  constructor(
    readonly method: ServedMethod,
    readonly call: ServerInterceptingCallInterface,
    metadata: Metadata,
    private readonly environment: ServerEnvironment,
    /** Called when nothing of the call is pending. */
    private readonly over: (call: ServedCall) => void,
  ) {
    this.context = contextOf(call, metadata, method.path, this.aborter.signal);
    // A probe carries no trace, so each would start a new one.
    if (!method.quiet || this.context.trace.sampled)
      this.span = environment.spans.open(this.context, method.span.name, method.span.options);
    this.client = clientOf(call, metadata);
    this.requests = new RequestReader(() => call.startRead());
    this.responses = new ResponseWriter(call);
    this.expiry = this.expireBy(this.context.deadline);
    method.metrics.started.inc();
    (metadata as Carrier)[SERVED] = this;
  }

  /** The call to which this metadata belongs. */
  static of(metadata: Metadata): ServedCall {
    const served = (metadata as Carrier)[SERVED];
    if (!served) throw new Error('This metadata belongs to no call of the server.');
    return served;
  }

  get signal(): AbortSignal {
    return this.aborter.signal;
  }

  get hasEnded(): boolean {
    return this.code !== undefined;
  }

  get description(): string {
    return `${this.method.path} (for ${Math.round(performance.now() - this.startedAt)} ms)`;
  }

  /**
   * Runs the handler in the call's context; an error that it throws ends the call. A call that has ended gets no
   * handler: its client already has the status that it did not begin.
   */
  handle(work: () => Promise<void>): void {
    if (this.hasEnded) return;
    this.hasHandler = true;
    this.missing += 1;
    void this.attend(work);
  }

  /** Counts a received message, before it is decoded. */
  received(message: Buffer): void {
    this.bytesReceived += message.byteLength;
  }

  /** Sends one message of a stream. Resolves when there is room for another. */
  send(message: Buffer): Promise<void> | undefined {
    if (this.hasEnded) return undefined;
    this.method.metrics.sent.inc();
    this.bytesSent += message.byteLength;
    return this.responses.send(message);
  }

  /** Sends the one response, then the status OK. */
  reply(message: Buffer): void {
    if (this.hasEnded) return;
    this.method.metrics.sent.inc();
    this.bytesSent += message.byteLength;
    this.call.sendMessage(message, () => this.complete());
  }

  /** Sends the status OK after the last message. */
  complete(): void {
    if (!this.hasEnded) this.call.sendStatus({ code: GrpcCode.OK, details: 'OK' });
  }

  /** Ends the call with an error. When it has ended already, the error is only logged. */
  fail(thrown: unknown): void {
    if (this.isLate(thrown)) return;
    const error = this.reported(
      isAbort(thrown) && this.isOutOfTime ? this.deadlineExceeded(thrown) : toGrpcError(thrown),
    );
    this.context.run(() => logError(this.environment.logger, error));
    if (this.hasEnded) return;
    this.error = error;
    this.call.sendStatus(toWire(error));
  }

  /** Ends the call because the server stops and waits no longer. */
  interrupt(): void {
    const stopping = ShuttingDownError.create();
    this.fail(this.hasHandler ? outcomeUnknown(stopping, this.method) : stopping);
  }

  /**
   * Called before a status is sent: ours, or one that grpc-js created for a deadline or a message that is too large.
   *
   * @returns the status to send; undefined when the call has ended already
   */
  close(status: WireStatus): WireStatus | undefined {
    if (this.hasEnded) return undefined;
    const { code } = status;
    const isTheirs = code !== GrpcCode.OK && !this.error && this.method.definition !== undefined;
    if (isTheirs) this.error = this.errorOf(status);
    this.end(code);
    return isTheirs && this.error ? { ...toWire(this.error), code } : status;
  }

  /** The client has closed the call, or the call has ended already. */
  clientClosed(): void {
    if (this.hasEnded) return;
    const { path } = this.method;
    this.error = this.isOutOfTime ? DeadlineExceededError.of(path) : CancelledError.of(path);
    this.end(this.error.status.grpc);
  }

  private reported(error: AppError): AppError {
    return withCallOutcome(error, this.method, this.hasHandler);
  }

  /** The error for a status that grpc-js created. */
  private errorOf(status: WireStatus): AppError {
    if (status.code === GrpcCode.DEADLINE_EXCEEDED) return this.deadlineExceeded();
    return errorOfStatus(status, this.method.path, this.environment.maxMessageSize);
  }

  private deadlineExceeded(cause?: unknown): AppError {
    const { method } = this;
    return DeadlineExceededError.of(method.path, cause, deadlineOutcome(method, this.hasHandler));
  }

  private expireBy(deadline: Deadline | undefined): NodeJS.Timeout | undefined {
    if (deadline === undefined) return undefined;
    return setTimeout(() => this.call.sendStatus(DEADLINE_STATUS), remainingMs(deadline));
  }

  private async attend(work: () => Promise<void>): Promise<void> {
    try {
      await this.context.run(work);
    } catch (thrown) {
      this.fail(thrown);
    } finally {
      this.settle();
    }
  }

  private end(code: number): void {
    this.code = code;
    clearTimeout(this.expiry);
    if (code !== GrpcCode.OK) this.aborter.abort(this.error);
    this.requests.close(this.error);
    this.responses.close();
    const { method, environment } = this;
    const duration = performance.now() - this.startedAt;
    this.span?.end({ error: this.error, attributes: { 'rpc.grpc.status_code': code } });
    this.context.run(() => {
      method.metrics.ended(code, duration);
      if (method.definition && (!method.quiet || code !== GrpcCode.OK))
        environment.logAccess({
          method: method.path,
          code,
          durationMs: duration,
          error: this.error,
          client: this.client,
          bytesSent: this.bytesSent,
          bytesReceived: this.bytesReceived,
        });
    });
    this.settle();
  }

  /** Whether a handler failed because its call was aborted. Such an error adds nothing and is not logged. */
  private isLate(thrown: unknown): boolean {
    const { aborted, reason } = this.aborter.signal;
    if (!aborted) return false;
    return thrown === reason || isAbort(thrown) || (thrown instanceof AppError && ABORTED.has(thrown.reason));
  }

  /** The signal of the context also has the deadline, and may fire before the transport. */
  private get isOutOfTime(): boolean {
    return remainingMs(this.context.deadline) <= DEADLINE_NEAR_MS;
  }

  private settle(): void {
    this.missing -= 1;
    if (this.missing === 0) this.over(this);
  }
}

function isAbort(thrown: unknown): boolean {
  const { name } = (thrown ?? {}) as { name?: unknown };
  return name === 'AbortError' || name === 'TimeoutError';
}
