import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';

/**
 * The one clock that decides which instants have come. It is the clock that leases expire by, and all replicas read the
 * same; the clocks of their machines may differ.
 */
export abstract class SchedulingClock {
  /** @throws PostgresUnavailableError when the database is unavailable */
  abstract now(): Promise<Date>;
}

@Injectable()
export class DatabaseClock extends SchedulingClock {
  constructor(private readonly host: TransactionHost) {
    super();
  }

  async now(): Promise<Date> {
    const [row] = await this.host.query<{ now: Date }>('SELECT clock_timestamp() AS now');
    // A SELECT without FROM has one row.
    return row?.now ?? new Date(NaN);
  }
}
