import { currentPrincipal, Roles } from '@app/auth';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
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
import { DeadLettersService } from './dead-letters.service.js';

/** Only for admins: headers and payloads are shown unchanged, with any secrets that clients put into them. */
@Roles('admin')
@Controller('api/v1/dead-letters')
export class DeadLettersController {
  constructor(private readonly letters: DeadLettersService) {}

  @Get()
  list(@Query({ schema: lettersQuery }) query: LettersQuery): Promise<unknown> {
    return this.letters.list(query);
  }

  @Get('actions')
  actions(@Query({ schema: actionsQuery }) query: ActionsQuery): Promise<unknown> {
    return this.letters.actions(query);
  }

  @Get(':id')
  get(@Param({ schema: letterId }) { id }: LetterId): Promise<unknown> {
    return this.letters.get(id);
  }

  @Post('redrive')
  @HttpCode(200)
  redriveMany(@Body({ schema: handleMany }) body: HandleManyBody): Promise<unknown> {
    return this.letters.handleMany('redriveMany', body, currentPrincipal().id);
  }

  @Post('discard')
  @HttpCode(200)
  discardMany(@Body({ schema: handleMany }) body: HandleManyBody): Promise<unknown> {
    return this.letters.handleMany('discardMany', body, currentPrincipal().id);
  }

  @Post(':id/redrive')
  @HttpCode(200)
  redrive(
    @Param({ schema: letterId }) { id }: LetterId,
    @Body({ schema: handleOne }) { note }: HandleOneBody,
  ): Promise<unknown> {
    return this.letters.redrive({ id, note, actor: currentPrincipal().id });
  }

  @Post(':id/discard')
  @HttpCode(200)
  discard(
    @Param({ schema: letterId }) { id }: LetterId,
    @Body({ schema: handleOne }) { note }: HandleOneBody,
  ): Promise<unknown> {
    return this.letters.discard({ id, note, actor: currentPrincipal().id });
  }
}
