import { MailRefusedError, MailUnavailableError } from './mail.errors.js';

/** A failure as nodemailer reports it; without a `responseCode` the relay did not reply. */
interface SmtpFailure {
  readonly code?: string;
  /** The SMTP command that failed, `API` for nodemailer's own checks. */
  readonly command?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

/** The relay closes the connection, whatever the mail. */
const CLOSING = 421;
/** The mail is too large; a relay may reply so already at MAIL FROM. */
const TOO_LARGE = 552;
/** Enhanced codes of class X.3 concern the mail system, and 452 without an enhanced code its storage. RFC 3463. */
const SYSTEM = /^(4\d\d[ -]4\.3\.|452[ -](?!4\.))/;

/**
 * Classifies a failure. Either the mail or its recipient is at fault, permanently (5xx) or for now (4xx), or the relay
 * accepts no mail at all: it cannot be reached, rejects our login or our sender, or has no storage.
 *
 * @see RFC 5321, 4.2.1
 */
export function toMailError(error: unknown): MailRefusedError | MailUnavailableError {
  const failure = error as SmtpFailure;
  const { responseCode = 0, response = '' } = failure;
  if (!(error instanceof Error) || !isAboutMail(failure) || responseCode === CLOSING || SYSTEM.test(response))
    return MailUnavailableError.because(error);
  const isForNow = responseCode >= 400 && responseCode < 500;
  return isForNow ? MailUnavailableError.deferred(error) : MailRefusedError.because(error);
}

/** All mails have the same sender, so a rejected sender is not a fault of this mail. */
function isAboutMail({ code, command, responseCode }: SmtpFailure): boolean {
  if (code === 'EENVELOPE') return command !== 'MAIL FROM' || responseCode === TOO_LARGE;
  return code === 'EMESSAGE';
}
