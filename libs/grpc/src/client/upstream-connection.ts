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
 * How often a channel without a connection is triggered to connect, in milliseconds. When a name had no address,
 * grpc-js does not resolve it again without a trigger. The channel options limit how often it resolves the name.
 */
const RECONNECT_INTERVAL_MS = 250;

/** The details of a call for which grpc-js found no connection. */
const NOT_SENT =
  /^(?:round_robin: )?No (?:connection established|addresses resolved)|^Name resolution failed/;

export interface UpstreamConnectionOptions {
  /** As in the configuration's `upstreams`: `grpc_server`. */
  upstream: string;
  /** How long calls wait for a connection, in milliseconds, from its loss or from the first attempt to connect. */
  wait: number;
  /** Receives the loss of all connections, and the return of one. */
  signal: DependencySignal;
  /** Called when the upstream is connected after a time without any connection. */
  restored: () => void;
}

/**
 * Whether a channel is connected to at least one address. While it connects, calls wait for the connection instead of
 * failing at once. Calls to an upstream that has been unavailable for longer than `wait` fail at once.
 *
 * @see https://grpc.io/docs/guides/wait-for-ready/
 */
export class UpstreamConnection implements Precondition {
  /**
   * When the connection was lost, by the monotonic clock. Undefined while the channel is connected or idle: a channel
   * connects for its first call, and closes its connection after half an hour without calls.
   */
  private lostAt: number | undefined;
  /** For calls whose requests can be read only once: they wait before they begin, but never a second time. */
  readonly forRequestStreams: Precondition = {
    ready: (limits) => this.ready(limits),
    isUnmet: () => false,
  };
  private reconnectTimer: NodeJS.Timeout | undefined;
  private readonly waiting = new Set<PromiseWithResolvers<void>>();

  constructor(
    private readonly client: Client,
    private readonly options: UpstreamConnectionOptions,
  ) {
    this.follow();
  }

  /**
   * Resolves when the channel is connected. Returns undefined when it is connected already, or when the upstream has
   * been unavailable for too long.
   *
   * @throws UpstreamUnavailableError when no connection was made in time: the call was not sent
   * @throws CancelledError when the caller cancelled
   */
  ready(limits: WaitLimits): Promise<void> | undefined {
    if (this.client.getChannel().getConnectivityState(false) === State.READY) return undefined;
    this.connect();
    return this.waitLeft > 0 ? this.wait(limits) : undefined;
  }

  /**
   * Whether a call failed for lack of a connection, or because a stopping server refused it before its handler began.
   * Such a call can wait for another server. A GOAWAY may have refused the call earlier, so that grpc-js sent it again.
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

  /** Observes each change of the channel's state until the channel is closed. */
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
    clearInterval(this.reconnectTimer);
    this.reconnectTimer = undefined;
    if (state === State.READY && wasLost) this.options.restored();
    for (const { resolve, reject } of this.waiting) {
      if (state === State.READY) resolve();
      else if (state === State.SHUTDOWN) reject(this.unavailable('the channel was closed'));
    }
  }

  private lose(): void {
    this.lostAt ??= performance.now();
    this.reconnectTimer ??= setInterval(() => this.connect(), RECONNECT_INTERVAL_MS).unref();
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
