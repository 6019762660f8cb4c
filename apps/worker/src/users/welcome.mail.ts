import type { UserRegistered } from '@app/contracts';
import type { MailMessage } from '@app/mail';

export function welcomeMail({ email, name }: UserRegistered, id: string): MailMessage {
  const text = `Hello ${name},\n\nyour account is ready: sign in with this address and your password.\n`;
  return { id, to: email, subject: 'Welcome', text };
}
