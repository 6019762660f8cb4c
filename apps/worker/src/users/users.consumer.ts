import { emailQueue, type UserRegistered, userRegisteredEvent } from '@app/contracts';
import { Mailer } from '@app/mail';
import { Consume, MessageContext } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { welcomeMail } from './welcome.mail.js';

/** Welcomes whoever has registered. */
@Controller()
export class UsersConsumer {
  constructor(private readonly mailer: Mailer) {}

  /** The mail has its effect outside the transaction: the id of the message tells a second one. */
  @Consume({ event: userRegisteredEvent, queue: emailQueue, concurrency: 4, deadline: '20s' })
  async onRegistered(@Payload() user: UserRegistered, @Ctx() { message }: MessageContext): Promise<void> {
    await this.mailer.send(welcomeMail(user, message.id));
  }
}
