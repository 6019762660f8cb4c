import { type ActiveItem, UnorderedPool } from '@app/lifecycle';

/** A body that is being collected. */
export interface BudgetedBody extends ActiveItem {
  /** Memory that it takes, in bytes; set by the budget. */
  held: number;
  /** When it began to arrive, in milliseconds. */
  readonly startedAt: number;
  /** Releases its memory; its client receives a 503. */
  refuse(): void;
}

/**
 * Limits the memory of all arriving bodies. Beyond the limit, it refuses the body that holds the most, and of equal
 * ones the oldest. So clients that send large bodies slowly cannot block small or fast ones.
 */
export class BodyBudget {
  private readonly bodies = new UnorderedPool<BudgetedBody>();
  private total = 0;

  /** @param limit in bytes */
  constructor(private readonly limit: number) {}

  /** Bytes in use now. */
  get used(): number {
    return this.total;
  }

  /** Sets the memory of a body to `bytes`. The body itself may be the one that is refused. */
  hold(body: BudgetedBody, bytes: number): void {
    if (body.held === 0) this.bodies.add(body);
    this.total += bytes - body.held;
    body.held = bytes;
    while (this.total > this.limit) {
      const largest = this.largest(body);
      this.release(largest);
      largest.refuse();
    }
  }

  release(body: BudgetedBody): void {
    if (body.held === 0) return;
    this.total -= body.held;
    body.held = 0;
    this.bodies.remove(body);
  }

  private largest(first: BudgetedBody): BudgetedBody {
    let largest = first;
    for (const body of this.bodies) if (isBefore(body, largest)) largest = body;
    return largest;
  }
}

function isBefore(a: BudgetedBody, b: BudgetedBody): boolean {
  return a.held === b.held ? a.startedAt < b.startedAt : a.held > b.held;
}
