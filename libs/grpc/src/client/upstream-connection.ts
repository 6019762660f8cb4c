import { CancelledError, UpstreamUnavailableError } from '@app/errors';
import type { WaitLimits } from '@app/resilience';
import { type Client, connectivityState as State } from '@grpc/grpc-js';

/**
 * How often a channel without a connection is reminded to connect. grpc-js does not ask for a name again by itself when
 * the name had no address; the options of the channel bound how often it really asks.
 */
const REMINDER_MS = 250;

export interface UpstreamConnectionOptions {
  /** As in the configuration's `upstreams`: `grpc_server`. */
  upstream: string;
  /** How long calls wait for a connection that was lost or was never made, in milliseconds, counted from then. */
  wait: number;
  /** Called when the upstream is connected after a time without any connection. */
  restored: () => void;
}

/**
 * Whether a channel is connected to one address at least. While its connection is being made, calls wait for it
 * instead of failing at once; calls to an upstream that has been unavailable for longer than `wait` fail at once.
 *
 * @see https://grpc.io/docs/guides/wait-for-ready/
 */
export class UpstreamConnection {
  /**
   * Since when there is no connection, by the monotonic clock. Undefined while there is one, or while none is wanted: a
   * channel without calls lets its connection go after half an hour.
   */
  private lostAt: number | undefined;
  private reminder: NodeJS.Timeout | undefined;
  private readonly waiting = new Set<PromiseWithResolvers<void>>();

  constructor(
    private readonly client: Client,
    private readonly options: UpstreamConnectionOptions,
  ) {
    this.connect();
    this.follow();
  }

  /**
   * Whether a call may wait, before it is sent or when grpc-js sends it again: a server that stops refuses with its
   * GOAWAY what it has not begun.
   */
  get isAwaited(): boolean {
    return this.options.wait > 0 && (this.lostAt === undefined || this.waitLeft > 0);
  }

  /**
   * What a call waits for before it is sent; undefined when there is a connection, or when the upstream has been
   * unavailable for too long.
   *
   * @throws UpstreamUnavailableError when no connection was made in time: the call was not sent
   * @throws CancelledError when the caller went away
   */
  readonly ready = (limits: WaitLimits): Promise<void> | undefined => {
    if (this.client.getChannel().getConnectivityState(false) === State.READY) return undefined;
    this.connect();
    return this.isAwaited ? this.wait(limits) : undefined;
  };

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
    return UpstreamUnavailableError.of(this.options.upstream, new Error(why));
  }
}
