import {
  DeadLetterFilter,
  DeadLettersServiceClient,
  DeadLetterStatus,
  type HandleDeadLetterRequest,
} from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { actionJson, letterJson, summaryJson } from './dead-letter.json.js';
import type { ActionsQuery, HandleManyBody, LettersQuery } from './dead-letters.schemas.js';

/** Half of what the worker takes in one call, so that none comes near the time-out of an upstream. */
const LIMIT_OF_CALL = 5_000;

const STATUSES: Readonly<Record<LettersQuery['status'], DeadLetterStatus[]>> = {
  dead: [DeadLetterStatus.DEAD],
  redriving: [DeadLetterStatus.REDRIVING],
  redriven: [DeadLetterStatus.REDRIVEN],
  discarded: [DeadLetterStatus.DISCARDED],
  resolved: [DeadLetterStatus.RESOLVED],
  all: [
    DeadLetterStatus.DEAD,
    DeadLetterStatus.REDRIVING,
    DeadLetterStatus.REDRIVEN,
    DeadLetterStatus.DISCARDED,
    DeadLetterStatus.RESOLVED,
  ],
};

@Injectable()
export class DeadLettersService {
  constructor(private readonly worker: DeadLettersServiceClient) {}

  async list({ status, limit, cursor, ...filter }: LettersQuery): Promise<unknown> {
    const { items, nextCursor } = await this.worker.list({
      filter: DeadLetterFilter.fromPartial(filter),
      statuses: STATUSES[status],
      limit,
      cursor,
    });
    return { items: items.map(summaryJson), next_cursor: nextCursor ?? null };
  }

  async get(id: string): Promise<unknown> {
    return letterJson(await this.worker.get({ id }));
  }

  /** @throws DeadLetterHandledError (by its reason) when it does not wait for anybody */
  async redrive(request: HandleDeadLetterRequest): Promise<unknown> {
    return letterJson(await this.worker.redrive(request));
  }

  /** As `redrive`. */
  async discard(request: HandleDeadLetterRequest): Promise<unknown> {
    return letterJson(await this.worker.discard(request));
  }

  /** Call by call, so that none takes long. What is done stays done when a later one fails. */
  async handleMany(
    method: 'redriveMany' | 'discardMany',
    { limit, note, ...body }: HandleManyBody,
    actor: string,
  ): Promise<{ count: number }> {
    const filter = DeadLetterFilter.fromPartial(body);
    let count = 0;
    for (;;) {
      const share = Math.min(LIMIT_OF_CALL, limit - count);
      const handled = await this.worker[method]({ filter, limit: share, actor, note });
      count += handled.count;
      if (handled.count < share || count === limit) return { count };
    }
  }

  async actions({ letter_id: letterId, ...query }: ActionsQuery): Promise<unknown> {
    const { items, nextCursor } = await this.worker.listActions({ letterId, ...query });
    return { items: items.map(actionJson), next_cursor: nextCursor ?? null };
  }
}
