import { Logger } from '@nestjs/common';
import type { Lease } from '../lease.js';
import { LeaseLostError } from '../lock.errors.js';
import type { LeaseTable } from './lease.table.js';

export interface HeldLease {
  name: string;
  fence: number;
  /** In milliseconds. */
  ttl: number;
  /** When the request for it was sent, of the monotonic clock: no later than the database's own start. */
  since: number;
}

/** A lease that renews itself and knows by its own clock when it is over, whatever the database says later. */
export class PostgresLease implements Lease {
  private readonly logger = new Logger('Leases');
  private readonly loss = new AbortController();
  private readonly renewal: NodeJS.Timeout;
  private expiry: NodeJS.Timeout;
  private endsAt: number;
  private ended = false;

  constructor(
    private readonly table: LeaseTable,
    private readonly held: HeldLease,
    private readonly onEnd: (lease: PostgresLease) => void,
  ) {
    this.endsAt = held.since + held.ttl;
    this.expiry = this.armExpiry();
    this.renewal = setInterval(() => void this.renewInBackground(), held.ttl / 3);
  }

  get name(): string {
    return this.held.name;
  }

  get fence(): number {
    return this.held.fence;
  }

  get signal(): AbortSignal {
    return this.loss.signal;
  }

  async renew(): Promise<void> {
    const { name, fence, ttl } = this.held;
    this.signal.throwIfAborted();
    if (this.ended) throw LeaseLostError.of(name, 'it was released');
    const since = performance.now();
    // A process that was paused may wake when the lease is over: it must not be brought back to life then.
    if (since >= this.endsAt) this.lose('it was not renewed in time');
    this.signal.throwIfAborted();
    if (!(await this.table.extend(name, fence, ttl))) this.lose('another holder has taken over');
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
      await this.table.giveUp(this.name, this.fence);
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
    return setTimeout(() => this.lose('it was not renewed in time'), this.endsAt - performance.now());
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
