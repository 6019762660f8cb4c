import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { envelopeOf } from './envelope.js';
import type { MailConfig } from './mail.config.js';
import { MailUnavailableError } from './mail.errors.js';
import { Mailer, type MailMessage, type MailReceipt } from './mailer.js';

/** Writes each mail as a file for a mail program; the same mail overwrites its file. */
export class FolderMailer extends Mailer {
  private readonly transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });

  constructor(private readonly config: Pick<MailConfig, 'folder' | 'from'>) {
    super();
  }

  async send(message: MailMessage): Promise<MailReceipt> {
    const { folder, from } = this.config;
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
