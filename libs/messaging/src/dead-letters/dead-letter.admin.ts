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

/** Dead letters handled in one transaction. */
const BATCH = 1_000;
/** Dead letters that an export reads with one statement. */
const PAGE = 500;

/** The operations of operators on dead letters. Each is recorded with its actor, in the same transaction. */
@Injectable()
export class DeadLetterAdmin {
  constructor(
    private readonly store: DeadLetterStore,
    private readonly redriver: Redriver,
    private readonly metrics: DeadLetterMetrics,
  ) {}

  /** Lists dead letters, newest first. Paging returns each of them once, even if new ones arrive meanwhile. */
  async list(
    filter: DeadLetterFilter,
    { statuses, ...request }: PageRequest & { statuses: readonly DeadLetterStatus[] },
  ): Promise<Page<DeadLetterSummary>> {
    return keysetPage(request, {
      codec: keyAsCursor<string>(),
      keyOf: ({ id }) => id,
      read: (limit, after) => this.store.list(filter, { statuses, order: 'newest first', limit, after }),
    });
  }

  /**
   * Reads all matching dead letters, oldest first, in pages of 500. It reads a page when its reader has taken the page
   * before, so memory holds one page, however many match.
   */
  async *export(
    filter: DeadLetterFilter,
    statuses: readonly DeadLetterStatus[],
  ): AsyncGenerator<DeadLetterSummary, void, undefined> {
    for (let after: string | undefined; ;) {
      const page = await this.store.list(filter, { statuses, order: 'oldest first', limit: PAGE, after });
      yield* page;
      if (page.length < PAGE) return;
      after = page.at(-1)?.id;
    }
  }

  /** @throws DeadLetterNotFoundError */
  async open(id: string): Promise<DeadLetter> {
    const letter = await this.store.find(id);
    if (!letter) throw DeadLetterNotFoundError.of(id);
    return letter;
  }

  /**
   * Redrives or discards a dead letter. A redriven one is accepted for publishing to its queue again, under its own
   * message id.
   *
   * @throws DeadLetterNotFoundError
   * @throws DeadLetterHandledError when it was handled already, or another call is handling it now
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
   * Redrives or discards all matching dead letters, oldest first, in transactions of 1,000. If one transaction fails,
   * the earlier ones stay committed; calling again continues.
   *
   * @returns how many this call handled
   * @throws ValidationFailedError when the filter has neither a queue nor ids
   */
  async handleMany(
    action: DeadLetterAction['action'],
    filter: DeadLetterFilter,
    { limit, ...operation }: OperatorAction & { limit: number },
  ): Promise<number> {
    if (filter.queue === undefined && !filter.ids?.length)
      throw ValidationFailedError.of([{ path: 'queue', message: 'is required when no ids are given' }]);
    // A message that is redriven and fails again during this call is not handled a second time.
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

  /** Lists recorded actions, latest first. */
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
