import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { type AdvisoryLockOptions, AdvisoryLocks } from '../advisory-locks.js';
import { LockBusyError } from '../lock.errors.js';

const WAIT_MS = 5_000;
/** lock_not_available */
const NOT_AVAILABLE = '55P03';

@Injectable()
export class PostgresAdvisoryLocks extends AdvisoryLocks {
  constructor(private readonly host: TransactionHost) {
    super();
  }

  withLock<T>(name: string, { wait = WAIT_MS }: AdvisoryLockOptions, work: () => Promise<T>): Promise<T> {
    return this.host.run(async () => {
      await this.lock(name, wait);
      return work();
    });
  }

  private async lock(name: string, wait: number): Promise<void> {
    const [before] = await this.host.query<{ limit: string }>(
      `SELECT current_setting('lock_timeout') AS limit`,
    );
    // 0 would be for ever.
    await this.limit(`${Math.max(1, Math.round(wait))}ms`);
    try {
      await this.host.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
    } catch (error) {
      throw isNotAvailable(error) ? LockBusyError.of(name, wait) : error;
    }
    await this.limit(before?.limit ?? '0');
  }

  private async limit(value: string): Promise<void> {
    await this.host.query(`SELECT set_config('lock_timeout', $1, true)`, [value]);
  }
}

function isNotAvailable(error: unknown): boolean {
  const { driverError = error } = error as { driverError?: unknown };
  return (driverError as { code?: unknown }).code === NOT_AVAILABLE;
}
