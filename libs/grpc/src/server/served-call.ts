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
 * How near a deadline is for an ending to be called by it, in milliseconds. A client leaves at its own deadline, which
 * may be earlier than ours when its call has waited for this process; and a timer may fire a little before its time.
 */
const DEADLINE_NEAR_MS = 50;

/** What becomes of the work of a call that has ended, as a driver or an upstream tells it. */
const ABORTED: ReadonlySet<string> = new Set(['CANCELLED', 'DEADLINE_EXCEEDED']);

/** As the transport ends a call by a timer of its own, which is the client's deadline and so comes too late. */
const OUT_OF_TIME = { code: GrpcCode.DEADLINE_EXCEEDED, details: 'Deadline exceeded' };

type Carrier = Metadata & { [SERVED]?: ServedCall };

/**
 * One call from its metadata to its end. It is over when its status has been sent, or the client has gone, and
 * its handler has settled. Whatever ends it before its handler does aborts the signal of its context; its deadline
 * does so while the client still listens, and does not wait for the handler.
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
  /** What is still to come: its status and, from when there is one, the end of its handler. */
  private missing = 1;
  private hasHandler = false;

  constructor(
    readonly method: ServedMethod,
    private readonly call: ServerInterceptingCallInterface,
    metadata: Metadata,
    private readonly environment: ServerEnvironment,
    /** Nothing of the call is still to come. */
    private readonly over: (call: ServedCall) => void,
  ) {
    this.context = contextOf(call, metadata, method.path, this.aborter.signal);
    // A probe comes with no trace, and each would begin one.
    if (!method.quiet || this.context.trace.sampled)
      this.span = environment.spans.open(this.context, method.span.name, method.span.options);
    this.client = clientOf(call, metadata);
    this.requests = new RequestReader(() => call.startRead());
    this.responses = new ResponseWriter(call);
    this.expiry = this.expireBy(this.context.deadline);
    method.metrics.started.inc();
    (metadata as Carrier)[SERVED] = this;
  }

  /** The call that this metadata came with. */
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
   * Runs the handler in the call's context; what it throws ends the call. A call that has ended gets no handler: its
   * client was told that it did not begin.
   */
  handle(work: () => Promise<void>): void {
    if (this.hasEnded) return;
    this.hasHandler = true;
    this.missing += 1;
    void this.attend(work);
  }

  /** A message has come, before it is read. */
  received(message: Buffer): void {
    this.bytesReceived += message.byteLength;
  }

  /** Sends one message of a stream; resolves when there is room for another. */
  send(message: Buffer): Promise<void> | undefined {
    if (this.hasEnded) return undefined;
    this.method.metrics.sent.inc();
    this.bytesSent += message.byteLength;
    return this.responses.send(message);
  }

  /** Sends the one answer, and that all is well. */
  reply(message: Buffer): void {
    if (this.hasEnded) return;
    this.method.metrics.sent.inc();
    this.bytesSent += message.byteLength;
    this.call.sendMessage(message, () => this.complete());
  }

  /** All has been sent, and all is well. */
  complete(): void {
    if (!this.hasEnded) this.call.sendStatus({ code: GrpcCode.OK, details: 'OK' });
  }

  /** Ends the call with an error, unless it has ended; what its handler throws later is only logged. */
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

  /** Ends the call because the server stops and will not wait for it any longer. */
  interrupt(): void {
    const stopping = ShuttingDownError.create();
    this.fail(this.hasHandler ? outcomeUnknown(stopping, this.method) : stopping);
  }

  /**
   * A status is about to be sent, ours or one of the transport's own: its deadline, or a message too large.
   *
   * @returns what to send instead; nothing when the call has ended already
   */
  close(status: WireStatus): WireStatus | undefined {
    if (this.hasEnded) return undefined;
    const { code } = status;
    const isTheirs = code !== GrpcCode.OK && !this.error && this.method.definition !== undefined;
    if (isTheirs) this.error = this.errorOf(status);
    this.end(code);
    return isTheirs && this.error ? { ...toWire(this.error), code } : status;
  }

  /** The client has gone, or the call is over. */
  gone(): void {
    if (this.hasEnded) return;
    const { path } = this.method;
    this.error = this.isOutOfTime ? DeadlineExceededError.of(path) : CancelledError.of(path);
    this.end(this.error.status.grpc);
  }

  private reported(error: AppError): AppError {
    return withCallOutcome(error, this.method, this.hasHandler);
  }

  /** What a status of the transport means. */
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
    return setTimeout(() => this.call.sendStatus(OUT_OF_TIME), remainingMs(deadline));
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

  /** Work that was aborted mostly fails because of it; that says nothing new. */
  private isLate(thrown: unknown): boolean {
    const { aborted, reason } = this.aborter.signal;
    if (!aborted) return false;
    return thrown === reason || isAbort(thrown) || (thrown instanceof AppError && ABORTED.has(thrown.reason));
  }

  /** The signal of the context knows the deadline too, and may be earlier than the transport. */
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
