export { type MailConfig, mailConfig } from './mail.config.js';
export { MailError, MailRefusedError, MailUnavailableError } from './mail.errors.js';
export { MailModule } from './mail.module.js';
export { Mailer, type MailMessage, type MailReceipt } from './mailer.js';
