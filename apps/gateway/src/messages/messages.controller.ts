import { PublicInDevelopment } from '@app/auth';
import { MessageStatus } from '@app/contracts';
import { ExactJson } from '@app/http';
import { Body, Controller, Get, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { messageId, type MessageParams, submit, type SubmitBody } from './messages.schemas.js';
import { MessagesService } from './messages.service.js';

@PublicInDevelopment()
@Controller('api/v1/message')
export class MessagesController {
  constructor(private readonly messages: MessagesService) {}

  @Post()
  @ExactJson()
  @HttpCode(202)
  async submit(
    @Body({ schema: submit }) { queue, message, delay_ms }: SubmitBody,
    @Headers('idempotency-key') key?: string,
  ): Promise<{ message_id: string }> {
    const request = { queue, message, delayMs: delay_ms, idempotencyKey: key ?? '' };
    return { message_id: (await this.messages.submit(request)).messageId };
  }

  @Get(':id')
  async state(@Param({ schema: messageId }) { id }: MessageParams): Promise<unknown> {
    const { messageId: message_id, status, updatedAt } = await this.messages.getState({ messageId: id });
    return { message_id, status: MessageStatus[status].toLowerCase(), updated_at: updatedAt };
  }
}
