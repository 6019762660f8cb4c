import {
  type DeadLetter,
  DeadLettersServiceDefinition,
  type DeadLettersServiceImplementation,
  type DeadLetterSummary,
  type ExportDeadLettersRequest,
  type GetDeadLetterRequest,
  type HandleDeadLetterRequest,
  type HandleDeadLettersRequest,
  type HandleDeadLettersResponse,
  type ListDeadLetterActionsRequest,
  type ListDeadLetterActionsResponse,
  type ListDeadLettersRequest,
  type ListDeadLettersResponse,
} from '@app/contracts';
import { GrpcService } from '@app/grpc';
import { type DeadLetterAction, DeadLetterAdmin } from '@app/messaging';
import { Controller } from '@nestjs/common';
import {
  actionMessage,
  filterOf,
  letterMessage,
  statusesOf,
  summaryMessage,
} from './dead-letter.messages.js';

@Controller()
@GrpcService(DeadLettersServiceDefinition)
export class DeadLettersController implements DeadLettersServiceImplementation {
  constructor(private readonly admin: DeadLetterAdmin) {}

  async list({ filter, status, ...page }: ListDeadLettersRequest): Promise<ListDeadLettersResponse> {
    const statuses = statusesOf(status);
    const { items, nextCursor } = await this.admin.list(filterOf(filter), { ...page, statuses });
    return { items: items.map(summaryMessage), nextCursor };
  }

  async *export({ filter, status }: ExportDeadLettersRequest): AsyncGenerator<DeadLetterSummary> {
    for await (const letter of this.admin.export(filterOf(filter), statusesOf(status)))
      yield summaryMessage(letter);
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

  redriveMany(request: HandleDeadLettersRequest): Promise<HandleDeadLettersResponse> {
    return this.handleMany('redrive', request);
  }

  discardMany(request: HandleDeadLettersRequest): Promise<HandleDeadLettersResponse> {
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
    { filter, ...operation }: HandleDeadLettersRequest,
  ): Promise<HandleDeadLettersResponse> {
    return { count: await this.admin.handleMany(action, filterOf(filter), operation) };
  }
}
