import {
  type DeadLetter,
  DeadLettersServiceDefinition,
  type DeadLettersServiceImplementation,
  type GetDeadLetterRequest,
  type HandleDeadLetterRequest,
  type HandleDeadLettersResponse,
  type ListDeadLetterActionsRequest,
  type ListDeadLetterActionsResponse,
  type ListDeadLettersRequest,
  type ListDeadLettersResponse,
  type ValidHandleDeadLettersRequest,
} from '@app/contracts';
import { GrpcService } from '@app/grpc';
import { type DeadLetterAction, DeadLetterAdmin } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { actionMessage, letterMessage, statusOf, summaryMessage } from './dead-letter.messages.js';

@Controller()
@GrpcService(DeadLettersServiceDefinition)
export class DeadLettersController implements DeadLettersServiceImplementation {
  constructor(private readonly admin: DeadLetterAdmin) {}

  async list({ filter, statuses, ...page }: ListDeadLettersRequest): Promise<ListDeadLettersResponse> {
    const wanted = statuses.length > 0 ? statuses.map(statusOf) : ['dead' as const];
    const { items, nextCursor } = await this.admin.list(filter ?? {}, { ...page, statuses: wanted });
    return { items: items.map(summaryMessage), nextCursor };
  }

  async get({ id }: GetDeadLetterRequest): Promise<DeadLetter> {
    return letterMessage(await this.admin.open(id));
  }

  redrive(request: HandleDeadLetterRequest): Promise<DeadLetter> {
    return this.handle('redrive', request);
  }

  discard(request: HandleDeadLetterRequest): Promise<DeadLetter> {
    return this.handle('discard', request);
  }

  redriveMany(request: ValidHandleDeadLettersRequest): Promise<HandleDeadLettersResponse> {
    return this.handleMany('redrive', request);
  }

  discardMany(request: ValidHandleDeadLettersRequest): Promise<HandleDeadLettersResponse> {
    return this.handleMany('discard', request);
  }

  async listActions({
    letterId,
    actor,
    ...page
  }: ListDeadLetterActionsRequest): Promise<ListDeadLetterActionsResponse> {
    const { items, nextCursor } = await this.admin.actions({ letterId, actor }, page);
    return { items: items.map(actionMessage), nextCursor };
  }

  private async handle(
    action: DeadLetterAction['action'],
    { id, ...operation }: HandleDeadLetterRequest,
  ): Promise<DeadLetter> {
    return letterMessage(await this.admin.handle(action, id, operation));
  }

  private async handleMany(
    action: DeadLetterAction['action'],
    { filter, ...operation }: ValidHandleDeadLettersRequest,
  ): Promise<HandleDeadLettersResponse> {
    return { count: await this.admin.handleMany(action, filter, operation) };
  }
}
