/** @publicApi */
export interface MailMessage {
  /**
   * What the mail is about to happen for, such as the id of the message that asks for it: its Message-ID is made of
   * it, so that a mail which is sent twice can be known.
   */
  id: string;
  /** One address. */
  to: string;
  subject: string;
  /** Plain text. */
  text: string;
}

/** @publicApi */
export interface MailReceipt {
  /** The Message-ID under which it was sent, angle brackets included. */
  messageId: string;
}

/**
 * Sends mail. It is at least once: a failure may come after the relay has taken the mail.
 *
 * @publicApi
 */
export abstract class Mailer {
  /**
   * Resolves once the relay has taken the mail.
   *
   * @throws MailRefusedError when the relay refuses the mail or its recipient for good
   * @throws MailUnavailableError when no relay took it in time (retryable)
   */
  abstract send(message: MailMessage): Promise<MailReceipt>;
}
