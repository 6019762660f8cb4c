import { AppError, CancelledError, UpstreamUnavailableError } from '@app/errors';
import type { DependencySignal } from '@app/lifecycle';
import type { Precondition, WaitLimits } from '@app/resilience';
import {
  type Client,
  connectivityState as State,
  type ServiceError,
  status as GrpcCode,
} from '@grpc/grpc-js';

/**
 * How often a channel without a connection is reminded to connect. grpc-js does not ask for a name again by itself when
 * the name had no address; the options of the channel bound how often it really asks.
 */
const REMINDER_MS = 250;

/** What grpc-js says of a call for which it found no connection. */
const NOT_SENT =
  /^(?:round_robin: )?No (?:connection established|addresses resolved)|^Name resolution failed/;

export interface UpstreamConnectionOptions {
  /** As in the configuration's `upstreams`: `grpc_server`. */
  upstream: string;
  /** How long calls wait for a connection that was lost or was never made, in milliseconds, counted from then. */
  wait: number;
  /** Where the loss of all connections is reported, and the return of one. */
  signal: DependencySignal;
  /** Called when the upstream is connected after a time without any connection. */
  restored: () => void;
}

/**
 * Whether a channel is connected to one address at least. While its connection is being made, calls wait for it
 * instead of failing at once; calls to an upstream that has been unavailable for longer than `wait` fail at once.
 *
 * @see https://grpc.io/docs/guides/wait-for-ready/
 */
export class UpstreamConnection implements Precondition {
  /**
   * Since when there is no connection, by the monotonic clock. Undefined while there is one, or while none is wanted: a
   * channel connects for its first call, and without calls it lets its connection go after half an hour.
   */
  private lostAt: number | undefined;
  /** For calls whose requests can be read only once: they wait before they begin, and not again. */
  readonly forRequestStreams: Precondition = {
    ready: (limits) => this.ready(limits),
    isUnmet: () => false,
  };
  private reminder: NodeJS.Timeout | undefined;
  private readonly waiting = new Set<PromiseWithResolvers<void>>();

  constructor(
    private readonly client: Client,
    private readonly options: UpstreamConnectionOptions,
  ) {
    this.follow();
  }

  /**
   * Resolves when there is a connection; undefined when there is one already, or when the upstream has been unavailable
   * for too long.
   *
   * @throws UpstreamUnavailableError when no connection was made in time: the call was not sent
   * @throws CancelledError when the caller went away
   */
  ready(limits: WaitLimits): Promise<void> | undefined {
    if (this.client.getChannel().getConnectivityState(false) === State.READY) return undefined;
    this.connect();
    return this.waitLeft > 0 ? this.wait(limits) : undefined;
  }

  /**
   * Whether a call failed because there was no connection to send it on, or because the server that it reached stops and
   * has not begun it: another server follows. The server may have refused a call before, with its GOAWAY, so that
   * grpc-js sent it again.
   */
  isUnmet(thrown: unknown): boolean {
    if (this.waitLeft <= 0) return false;
    if (isShuttingDown(thrown)) return true;
    const { code, details = '' } = ((thrown as Error | undefined)?.cause ?? {}) as Partial<ServiceError>;
    return code === GrpcCode.UNAVAILABLE && NOT_SENT.test(details);
  }

  private get waitLeft(): number {
    const { lostAt = performance.now() } = this;
    return lostAt + this.options.wait - performance.now();
  }

  private connect(): void {
    this.client.getChannel().getConnectivityState(true);
  }

  /** Notes each change of the channel's state until it is closed. */
  private follow(): void {
    const channel = this.client.getChannel();
    const state = channel.getConnectivityState(false);
    this.note(state);
    if (state !== State.SHUTDOWN) channel.watchConnectivityState(state, Infinity, () => this.follow());
  }

  private note(state: State): void {
    if (state === State.TRANSIENT_FAILURE)
      this.options.signal.lost(this.unavailable('no connection can be made'));
    if (state === State.READY) this.options.signal.back();
    if (state === State.CONNECTING || state === State.TRANSIENT_FAILURE) return this.lose();
    const wasLost = this.lostAt !== undefined;
    this.lostAt = undefined;
    clearInterval(this.reminder);
    this.reminder = undefined;
    if (state === State.READY && wasLost) this.options.restored();
    for (const { resolve, reject } of this.waiting) {
      if (state === State.READY) resolve();
      else if (state === State.SHUTDOWN) reject(this.unavailable('the channel was closed'));
    }
  }

  private lose(): void {
    this.lostAt ??= performance.now();
    this.reminder ??= setInterval(() => this.connect(), REMINDER_MS).unref();
  }

  private async wait({ ms, signal }: WaitLimits): Promise<void> {
    const call = Promise.withResolvers<void>();
    const limit = Math.max(0, Math.min(ms, this.waitLeft));
    const timer = setTimeout(() => call.reject(this.unavailable(`not connected within ${limit} ms`)), limit);
    const cancel = () =>
      call.reject(CancelledError.of(`the call to ${this.options.upstream}`, signal?.reason));
    signal?.addEventListener('abort', cancel, { once: true });
    this.waiting.add(call);
    try {
      await call.promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      this.waiting.delete(call);
    }
  }

  private unavailable(why: string): UpstreamUnavailableError {
    return UpstreamUnavailableError.of(this.options.upstream, new Error(why), 'refused');
  }
}

function isShuttingDown(thrown: unknown): boolean {
  return thrown instanceof AppError && thrown.reason === 'SHUTTING_DOWN' && thrown.outcome === 'refused';
}
