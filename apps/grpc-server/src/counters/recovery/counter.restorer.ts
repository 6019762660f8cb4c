import { DeadlineExceededError } from '@app/errors';
import { PostgresUnavailableError } from '@app/postgres';
import { type Policy, Resilience } from '@app/resilience';
import { Injectable } from '@nestjs/common';
import { CounterLedgerStore } from '../drain/counter.ledger.store.js';

/** In the configuration: `resilience.policies.counter_ledger`. */
const POLICY = 'counter_ledger';

/**
 * Asks PostgreSQL on behalf of calls that wait. A call carries increments of many callers, most of counters that Redis
 * holds: one that PostgreSQL has to be asked about must not hold them up for long while PostgreSQL does not answer.
 */
@Injectable()
export class CounterRestorer {
  private readonly policy: Policy;

  constructor(
    private readonly ledger: CounterLedgerStore,
    resilience: Resilience,
  ) {
    this.policy = resilience.policy(POLICY);
  }

  /** The values of the counters that exist, by field. @throws PostgresUnavailableError, CircuitOpenError */
  find(fields: readonly string[]): Promise<Map<string, number>> {
    return this.bounded(() => this.ledger.find(fields));
  }

  /** Runs work that waits for PostgreSQL, for as long as the policy allows. */
  async bounded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.policy.execute(work);
    } catch (error) {
      throw error instanceof DeadlineExceededError ? PostgresUnavailableError.because(error) : error;
    }
  }
}
