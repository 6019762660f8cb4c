import { MAX_TIMER_MS } from '@app/context';
import { Logger } from '@nestjs/common';
import { LeaseLostError } from './lock.errors.js';

/** The store of a lease. */
export interface LeaseKeeper {
  /** Extends the lease by its time to live from now. Returns false if it was no longer held. */
  extend(): Promise<boolean>;
  /** Releases the lease, so that others can take it at once. */
  giveUp(): Promise<void>;
}

export interface HeldLease {
  name: string;
  /** Time to live, in milliseconds. */
  ttl: number;
  /** When the request was sent, by the monotonic clock. It is never later than the start in the store. */
  since: number;
}

/** A lease that renews itself. It expires by this process's monotonic clock, even if a later renewal succeeds. */
export class RenewedLease {
  private readonly logger = new Logger('Locks');
  private readonly loss = new AbortController();
  private readonly renewal: NodeJS.Timeout;
  private expiry: NodeJS.Timeout;
  private endsAt: number;
  private ended = false;

  constructor(
    private readonly keeper: LeaseKeeper,
    private readonly held: HeldLease,
    private readonly onEnd: (lease: RenewedLease) => void,
  ) {
    this.endsAt = held.since + held.ttl;
    this.expiry = this.armExpiry();
    this.renewal = setInterval(() => void this.renewInBackground(), Math.min(held.ttl / 3, MAX_TIMER_MS));
  }

  get name(): string {
    return this.held.name;
  }

  get signal(): AbortSignal {
    return this.loss.signal;
  }

  async renew(): Promise<void> {
    const { name, ttl } = this.held;
    this.signal.throwIfAborted();
    if (this.ended) throw LeaseLostError.of(name, 'it was released');
    const since = performance.now();
    // A paused process may continue after the lease has expired. An expired lease must not be renewed.
    if (since >= this.endsAt) this.lose('it was not renewed in time');
    this.signal.throwIfAborted();
    if (!(await this.keeper.extend())) this.lose('another holder has taken over');
    this.signal.throwIfAborted();
    if (this.ended) return;
    this.endsAt = since + ttl;
    clearTimeout(this.expiry);
    this.expiry = this.armExpiry();
  }

  async release(): Promise<void> {
    if (this.ended) return;
    this.end();
    try {
      await this.keeper.giveUp();
    } catch (error) {
      this.logger.warn(
        { err: error, lease: this.name },
        'a lease could not be released; it runs out by itself',
      );
    }
  }

  private async renewInBackground(): Promise<void> {
    try {
      await this.renew();
    } catch (error) {
      if (!this.ended)
        this.logger.warn({ err: error, lease: this.name }, 'a lease could not be renewed; trying again');
    }
  }

  private armExpiry(): NodeJS.Timeout {
    const left = Math.min(this.endsAt - performance.now(), MAX_TIMER_MS);
    return setTimeout(() => this.lose('it was not renewed in time'), left);
  }

  private lose(why: string): void {
    if (this.ended) return;
    this.end();
    this.loss.abort(LeaseLostError.of(this.name, why));
  }

  private end(): void {
    this.ended = true;
    clearInterval(this.renewal);
    clearTimeout(this.expiry);
    this.onEnd(this);
  }
}
