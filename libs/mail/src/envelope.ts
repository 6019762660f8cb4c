import type { MailMessage } from './mailer.js';

/** A mail in the format of nodemailer. */
export function envelopeOf({ id, to, subject, text }: MailMessage, from: string) {
  const domain = from.slice(from.lastIndexOf('@') + 1);
  return {
    messageId: `<${id}@${domain}>`,
    from,
    to: { name: '', address: to },
    subject,
    text,
    // Suppresses automatic replies such as absence notices. RFC 3834.
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}
