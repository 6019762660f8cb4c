import { ValidationFailedError } from '@app/errors';
import { keyAsCursor, keysetPage, type Page, type PageRequest } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import type {
  DeadLetter,
  DeadLetterAction,
  DeadLetterFilter,
  DeadLetterStatus,
  DeadLetterSummary,
  OperatorAction,
} from './dead-letter.js';
import { DeadLetterStore } from './dead-letter.store.js';
import { DeadLetterMetrics } from './dead-letters.metrics.js';
import { DeadLetterHandledError, DeadLetterNotFoundError } from './dead-letters.errors.js';
import { Redriver } from './redriver.js';

/** Letters handled in one transaction. */
const BATCH = 1_000;

/** What people do with dead letters. Whatever is done is written down with who did it, in the same transaction. */
@Injectable()
export class DeadLetterAdmin {
  constructor(
    private readonly store: DeadLetterStore,
    private readonly redriver: Redriver,
    private readonly metrics: DeadLetterMetrics,
  ) {}

  /** Newest first; a walk meets each letter once, however many come in between. */
  async list(
    filter: DeadLetterFilter,
    { statuses, ...request }: PageRequest & { statuses: readonly DeadLetterStatus[] },
  ): Promise<Page<DeadLetterSummary>> {
    return keysetPage(request, {
      codec: keyAsCursor<string>(),
      keyOf: ({ id }) => id,
      read: (limit, after) => this.store.list(filter, { statuses, limit, after }),
    });
  }

  /** @throws DeadLetterNotFoundError */
  async open(id: string): Promise<DeadLetter> {
    const letter = await this.store.find(id);
    if (!letter) throw DeadLetterNotFoundError.of(id);
    return letter;
  }

  /**
   * Redrive: accepts the letter for its way back into its queue, under its own message id. Discard: gives it up.
   *
   * @throws DeadLetterNotFoundError
   * @throws DeadLetterHandledError when somebody else has handled it, or does just now
   */
  async handle(
    action: DeadLetterAction['action'],
    id: string,
    operation: OperatorAction,
  ): Promise<DeadLetter> {
    const count = await this.handleMany(action, { ids: [id] }, { ...operation, limit: 1 });
    const letter = await this.open(id);
    if (count === 0) throw DeadLetterHandledError.of(id, letter.status);
    return letter;
  }

  /**
   * The same for letters that match, oldest first: a transaction for each thousand. What is done stays done when a
   * later one fails; asking again goes on.
   *
   * @returns how many were handled by this call
   * @throws ValidationFailedError when neither a queue nor ids say which
   */
  async handleMany(
    action: DeadLetterAction['action'],
    filter: DeadLetterFilter,
    { limit, ...operation }: OperatorAction & { limit: number },
  ): Promise<number> {
    if (filter.queue === undefined && !filter.ids?.length)
      throw ValidationFailedError.of([{ path: 'filter', message: 'must name a queue or ids' }]);
    // Letters that are redriven and die again meanwhile are not taken a second time.
    const until = await this.store.now();
    let count = 0;
    try {
      for (;;) {
        const size = Math.min(BATCH, limit - count);
        const queues = await this.store.handle(action, filter, { ...operation, until, limit: size });
        this.metrics.count(action, queues);
        count += queues.length;
        if (queues.length < size || count === limit) return count;
      }
    } finally {
      if (action === 'redrive' && count > 0) this.redriver.wake();
    }
  }

  /** Latest first. */
  async actions(
    filter: { letterId?: string | undefined; actor?: string | undefined },
    request: PageRequest<number>,
  ): Promise<Page<DeadLetterAction, number>> {
    return keysetPage(request, {
      codec: keyAsCursor<number>(),
      keyOf: ({ id }) => id,
      read: (limit, before) => this.store.actions(filter, limit, before),
    });
  }
}
