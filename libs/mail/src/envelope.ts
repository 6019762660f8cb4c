import type { MailMessage } from './mailer.js';

/** A mail in the words of nodemailer. */
export function envelopeOf({ id, to, subject, text }: MailMessage, from: string) {
  const domain = from.slice(from.lastIndexOf('@') + 1);
  return {
    messageId: `<${id}@${domain}>`,
    from,
    to: { name: '', address: to },
    subject,
    text,
    // Nobody's absence note comes back. RFC 3834.
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}
