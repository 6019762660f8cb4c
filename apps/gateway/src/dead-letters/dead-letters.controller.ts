import { currentPrincipal, Roles } from '@app/auth';
import { DeadLetterFilter, DeadLettersServiceClient, DeadLetterStatus } from '@app/contracts';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { BulkDeadLetters } from './bulk-dead-letters.js';
import { actionJson, letterJson, summaryJson } from './dead-letter.json.js';
import {
  actionsQuery,
  type ActionsQuery,
  handleMany,
  type HandleManyBody,
  handleOne,
  type HandleOneBody,
  letterId,
  type LetterId,
  lettersQuery,
  type LettersQuery,
} from './dead-letters.schemas.js';

/** Only for admins: headers and payloads are shown unchanged, with any secrets that clients put into them. */
@Roles('admin')
@Controller('api/v1/dead-letters')
export class DeadLettersController {
  constructor(
    private readonly worker: DeadLettersServiceClient,
    private readonly bulk: BulkDeadLetters,
  ) {}

  @Get()
  async list(@Query({ schema: lettersQuery }) query: LettersQuery): Promise<unknown> {
    const { status, limit, cursor, ...filter } = query;
    const { items, nextCursor } = await this.worker.list({
      filter: DeadLetterFilter.fromPartial(filter),
      status: DeadLetterStatus[status.toUpperCase() as keyof typeof DeadLetterStatus],
      limit,
      cursor,
    });
    return { items: items.map(summaryJson), next_cursor: nextCursor ?? null };
  }

  @Get('actions')
  async actions(@Query({ schema: actionsQuery }) query: ActionsQuery): Promise<unknown> {
    const { letter_id, ...page } = query;
    const { items, nextCursor } = await this.worker.listActions({ letterId: letter_id, ...page });
    return { items: items.map(actionJson), next_cursor: nextCursor ?? null };
  }

  @Get(':id')
  async get(@Param({ schema: letterId }) { id }: LetterId): Promise<unknown> {
    return letterJson(await this.worker.get({ id }));
  }

  @Post('redrive')
  @HttpCode(200)
  redriveMany(@Body({ schema: handleMany }) body: HandleManyBody): Promise<unknown> {
    return this.bulk.redriveMany(bulkRequest(body));
  }

  @Post('discard')
  @HttpCode(200)
  discardMany(@Body({ schema: handleMany }) body: HandleManyBody): Promise<unknown> {
    return this.bulk.discardMany(bulkRequest(body));
  }

  @Post(':id/redrive')
  @HttpCode(200)
  async redrive(
    @Param({ schema: letterId }) { id }: LetterId,
    @Body({ schema: handleOne }) { note }: HandleOneBody,
  ): Promise<unknown> {
    return letterJson(await this.worker.redrive({ id, note, actor: currentPrincipal().id }));
  }

  @Post(':id/discard')
  @HttpCode(200)
  async discard(
    @Param({ schema: letterId }) { id }: LetterId,
    @Body({ schema: handleOne }) { note }: HandleOneBody,
  ): Promise<unknown> {
    return letterJson(await this.worker.discard({ id, note, actor: currentPrincipal().id }));
  }
}

function bulkRequest({ limit, note, ids, ...filter }: HandleManyBody) {
  return {
    filter: DeadLetterFilter.fromPartial({ ...filter, ids: ids && { values: ids } }),
    limit,
    note,
    actor: currentPrincipal().id,
  };
}
