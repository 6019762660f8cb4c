import { hostname } from 'node:os';
import { Lifecycle } from '@app/lifecycle';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Lease, type LeaseOptions, Leases } from '../lease.js';
import { RenewedLease } from '../renewed.lease.js';
import { LeaseTable } from './lease.table.js';

@Injectable()
export class PostgresLeases extends Leases implements OnModuleInit {
  private readonly held = new Set<RenewedLease>();
  private readonly holder = `${hostname()}/${process.pid}`;

  constructor(
    private readonly table: LeaseTable,
    private readonly lifecycle: Lifecycle,
  ) {
    super();
  }

  onModuleInit(): void {
    this.lifecycle.register({
      name: 'leases',
      isRepeatable: true,
      // Their holders have been drained. Releasing them lets others take them before they expire.
      flush: async () => void (await Promise.all([...this.held].map((lease) => lease.release()))),
      pending: () => [...this.held].map(({ name }) => name),
    });
  }

  async acquire(name: string, { ttl }: LeaseOptions): Promise<Lease | undefined> {
    const since = performance.now();
    const fence = await this.table.take(name, ttl, this.holder);
    if (fence === undefined) return undefined;
    const keeper = {
      extend: () => this.table.extend(name, fence, ttl),
      giveUp: () => this.table.giveUp(name, fence),
    };
    const lease = new RenewedLease(keeper, { name, ttl, since }, (ended) => this.held.delete(ended));
    this.held.add(lease);
    return Object.assign(lease, { fence });
  }

  expiresIn(name: string): Promise<number | undefined> {
    return this.table.expiresIn(name);
  }
}
