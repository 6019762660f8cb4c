import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';

/**
 * The clock that decides which instants are due. All replicas read the same clock, which also decides when leases
 * expire; the clocks of their machines may differ.
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
