/** @publicApi */
export interface MailMessage {
  /**
   * Identifies the reason for the mail, such as the id of the message that triggers it. The Message-ID is derived from
   * it, so that a mail that is sent twice can be recognised.
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
  /** The Message-ID of the mail, including angle brackets. */
  messageId: string;
}

/**
 * Sends mail at least once: it may fail after the relay has accepted the mail.
 *
 * @publicApi
 */
export abstract class Mailer {
  /**
   * Resolves once the relay has accepted the mail.
   *
   * @throws MailRefusedError when the relay permanently rejects the mail or its recipient
   * @throws MailUnavailableError when no relay accepted it in time (retryable)
   */
  abstract send(message: MailMessage): Promise<MailReceipt>;
}
