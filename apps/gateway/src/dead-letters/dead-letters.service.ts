import {
  DeadLetterFilter,
  DeadLettersServiceClient,
  DeadLetterStatus,
  type HandleDeadLetterRequest,
} from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { actionJson, letterJson, summaryJson } from './dead-letter.json.js';
import type { ActionsQuery, HandleManyBody, LettersQuery } from './dead-letters.schemas.js';

/** Half of the worker's limit per call, so that no call comes near the time-out of the upstream. */
const MAX_PER_CALL = 5_000;

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

  /** @throws DeadLetterHandledError (by its reason) when the letter no longer waits for a decision */
  async redrive(request: HandleDeadLetterRequest): Promise<unknown> {
    return letterJson(await this.worker.redrive(request));
  }

  /** @throws the same errors as `redrive` */
  async discard(request: HandleDeadLetterRequest): Promise<unknown> {
    return letterJson(await this.worker.discard(request));
  }

  /** In several calls, so that none takes long. Completed calls stay in effect when a later one fails. */
  async handleMany(
    method: 'redriveMany' | 'discardMany',
    { limit, note, ...body }: HandleManyBody,
    actor: string,
  ): Promise<{ count: number }> {
    const filter = DeadLetterFilter.fromPartial(body);
    let count = 0;
    for (;;) {
      const share = Math.min(MAX_PER_CALL, limit - count);
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
