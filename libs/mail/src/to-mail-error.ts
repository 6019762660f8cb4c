import { MailRefusedError, MailUnavailableError } from './mail.errors.js';

/** What nodemailer says of a failure; without a `responseCode` the relay was not asked. */
interface SmtpFailure {
  readonly code?: string;
  /** The SMTP command that failed, `API` for nodemailer's own checks. */
  readonly command?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

/** The relay says goodbye to everybody. */
const CLOSING = 421;
/** The mail is larger than it may be; a relay may say so at MAIL FROM already. */
const TOO_LARGE = 552;
/** Enhanced codes of the class X.3 speak of the mail system, and 452 without one of its storage. RFC 3463. */
const SYSTEM = /^(4\d\d[ -]4\.3\.|452[ -](?!4\.))/;

/**
 * Whose fault it is that a mail was not taken: of the mail or its recipient, for good (5xx) or for now (4xx), or of the
 * relay, which then takes no mail of anybody: it cannot be reached, refuses our login or our sender, or has no room.
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

/** Our sender is the same for all mails: that it is refused is no fault of this one. */
function isAboutMail({ code, command, responseCode }: SmtpFailure): boolean {
  if (code === 'EENVELOPE') return command !== 'MAIL FROM' || responseCode === TOO_LARGE;
  return code === 'EMESSAGE';
}
