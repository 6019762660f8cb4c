import { type ConfigHandle, InjectConfig } from '@app/config';
import { type Dependency, Lifecycle, Readiness } from '@app/lifecycle';
import { Resilient } from '@app/resilience';
import { Injectable } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { envelopeOf } from './envelope.js';
import { type MailConfig, mailConfig } from './mail.config.js';
import { Mailer, type MailMessage, type MailReceipt } from './mailer.js';
import { MailUnavailableError } from './mail.errors.js';
import { toMailError } from './to-mail-error.js';

/** Sends mails to a relay over persistent connections. */
@Injectable()
export class SmtpMailer extends Mailer {
  private readonly transport;
  private readonly dependency: Dependency;

  constructor(
    @InjectConfig(mailConfig) private readonly config: ConfigHandle<MailConfig>,
    lifecycle: Lifecycle,
    readiness: Readiness,
  ) {
    super();
    const { url, timeout, connections } = config.current;
    this.transport = createTransport({
      url: url?.href,
      pool: true,
      maxConnections: connections,
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      socketTimeout: timeout,
      dnsTimeout: timeout,
    });
    lifecycle.register({ name: 'mail', close: async () => this.transport.close() });
    // Mails wait in their queue, so an app is ready without a relay.
    const subject = `The mail relay at ${url?.host}`;
    readiness.register({ name: 'mail', subject, needed: false, check: () => this.verify() });
    this.dependency = readiness.dependency('mail');
  }

  @Resilient('mail')
  async send(message: MailMessage): Promise<MailReceipt> {
    const envelope = envelopeOf(message, this.config.current.from);
    try {
      await this.transport.sendMail(envelope);
      return { messageId: envelope.messageId };
    } catch (error) {
      const failure = toMailError(error);
      if (failure instanceof MailUnavailableError) this.dependency.suspect();
      throw failure;
    }
  }

  private async verify(): Promise<void> {
    try {
      await this.transport.verify();
    } catch (error) {
      throw toMailError(error);
    }
  }
}
