import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ConfigHandle, InjectConfig } from '@app/config';
import { Injectable } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { envelopeOf } from './envelope.js';
import { type MailConfig, mailConfig } from './mail.config.js';
import { MailUnavailableError } from './mail.errors.js';
import { Mailer, type MailMessage, type MailReceipt } from './mailer.js';

/** Writes each mail to an .eml file, which mail programs can open. A repeated mail overwrites the same file. */
@Injectable()
export class FolderMailer extends Mailer {
  private readonly transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });

  constructor(@InjectConfig(mailConfig) private readonly config: ConfigHandle<MailConfig>) {
    super();
  }

  async send(message: MailMessage): Promise<MailReceipt> {
    const { folder, from } = this.config.current;
    const envelope = envelopeOf(message, from);
    const { message: bytes } = await this.transport.sendMail(envelope);
    if (!Buffer.isBuffer(bytes)) throw new Error('nodemailer returned a stream instead of a Buffer');
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, `${encodeURIComponent(message.id)}.eml`), bytes);
    } catch (error) {
      throw MailUnavailableError.because(error);
    }
    return { messageId: envelope.messageId };
  }
}
