import { emailQueue, type UserRegistered, userRegisteredEvent } from '@app/contracts';
import { Mailer } from '@app/mail';
import { Consume, MessageContext } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { welcomeMail } from './welcome.mail.js';

/** Sends a welcome mail to new users. */
@Controller()
export class UsersConsumer {
  constructor(private readonly mailer: Mailer) {}

  /** The mail is sent outside the transaction. Its message id identifies a duplicate. */
  @Consume({ event: userRegisteredEvent, queue: emailQueue, concurrency: 4, deadline: '20s' })
  async onRegistered(@Payload() user: UserRegistered, @Ctx() { message }: MessageContext): Promise<void> {
    await this.mailer.send(welcomeMail(user, message.id));
  }
}
