import { PublicInDevelopment } from '@app/auth';
import { ExactJson } from '@app/http';
import { Body, Controller, Get, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { messageId, type MessageParams, submit, type SubmitBody } from './messages.schemas.js';
import { type MessageState, MessagesService } from './messages.service.js';

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
    return { message_id: await this.messages.submit(queue, message, delay_ms, key) };
  }

  @Get(':id')
  state(@Param({ schema: messageId }) { id }: MessageParams): Promise<MessageState> {
    return this.messages.state(id.toLowerCase());
  }
}
