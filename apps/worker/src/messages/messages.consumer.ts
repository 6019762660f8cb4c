import { messageSubmittedEvent } from '@app/contracts';
import { Consume, MessageContext } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { MessageStore } from './message.store.js';

/** Processes the tasks that clients submit. In this template a task is complete when its row is stored. */
@Controller()
export class MessagesConsumer {
  constructor(private readonly store: MessageStore) {}

  @Consume({ event: messageSubmittedEvent, deadline: '10s' })
  async onTask(@Payload() payload: unknown, @Ctx() { message }: MessageContext): Promise<void> {
    await this.store.record(message.id, payload);
  }
}
