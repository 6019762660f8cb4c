import { DeadlineExceededError } from '@app/errors';
import { PostgresUnavailableError } from '@app/postgres';
import { type Policy, Resilience } from '@app/resilience';
import { Injectable } from '@nestjs/common';
import { CounterLedgerStore } from '../drain/counter.ledger.store.js';

/** The policy `resilience.policies.counter_ledger` of the configuration. */
const POLICY = 'counter_ledger';

/**
 * Queries PostgreSQL for calls that wait. A call carries increments of many callers, mostly of counters that Redis
 * holds. A counter that must be read from PostgreSQL must not delay them for long when PostgreSQL does not answer.
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

  /** Runs work on PostgreSQL within the limits of the policy. */
  async bounded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.policy.execute(work);
    } catch (error) {
      throw error instanceof DeadlineExceededError ? PostgresUnavailableError.because(error) : error;
    }
  }
}
