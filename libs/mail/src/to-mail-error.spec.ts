import { classificationOf } from '@app/resilience';
import { describe, expect, it } from '@jest/globals';
import { toMailError } from './to-mail-error.js';

const failure = (code: string, command: string, response?: string) =>
  Object.assign(new Error(response ?? code), {
    code,
    command,
    ...(response !== undefined && { response, responseCode: Number(response.slice(0, 3)) }),
  });

/** Permanent faults of the mail or its recipient. */
const REFUSED = [
  ['EENVELOPE', 'RCPT TO', '550 5.1.1 no such user'],
  ['EENVELOPE', 'RCPT TO', '553 mailbox name not allowed'],
  ['EENVELOPE', 'MAIL FROM', '552 5.3.4 message too big'],
  ['EMESSAGE', 'DATA', '554 5.7.1 spam'],
  ['EENVELOPE', 'API', undefined],
  ['EMESSAGE', 'MAIL FROM', undefined],
] as const;

/** Temporary faults of the mail or its recipient. */
const DEFERRED = [
  ['EENVELOPE', 'RCPT TO', '450 4.2.1 mailbox busy'],
  ['EENVELOPE', 'RCPT TO', '451 4.7.1 greylisted'],
  ['EENVELOPE', 'RCPT TO', '452 4.2.2 mailbox full'],
  ['EMESSAGE', 'DATA', '450 later'],
] as const;

/** Faults of the relay, or of our configuration: no mail is accepted. */
const UNAVAILABLE = [
  ['ECONNECTION', 'CONN', undefined],
  ['ETIMEDOUT', 'CONN', undefined],
  ['EAUTH', 'AUTH PLAIN', '535 5.7.8 wrong password'],
  ['EENVELOPE', 'MAIL FROM', '530 5.7.0 authentication required'],
  ['EENVELOPE', 'MAIL FROM', '550 5.7.1 sender refused'],
  ['EENVELOPE', 'RCPT TO', '421 4.3.2 shutting down'],
  ['EENVELOPE', 'RCPT TO', '452 insufficient storage'],
  ['EMESSAGE', 'DATA', '451 4.3.0 queue error'],
] as const;

describe('a mail that the relay did not accept', () => {
  it.each(REFUSED)(
    'with %s at %s, %s, is rejected permanently, and does not count as a failure of the relay',
    (code, command, response) => {
      const error = toMailError(failure(code, command, response));
      expect(error).toMatchObject({ reason: 'MAIL_REFUSED', retryable: false });
      expect(classificationOf(error)).toBe('answered');
    },
  );

  it.each(DEFERRED)(
    'with %s at %s, %s, is to be sent later, and does not count as a failure of the relay',
    (code, command, response) => {
      const error = toMailError(failure(code, command, response));
      expect(error).toMatchObject({ reason: 'MAIL_UNAVAILABLE', retryable: true });
      expect(classificationOf(error)).toBe('answered');
    },
  );

  it.each(UNAVAILABLE)('with %s at %s, %s, counts as a failure of the relay', (code, command, response) => {
    const error = toMailError(failure(code, command, response));
    expect(error).toMatchObject({ reason: 'MAIL_UNAVAILABLE', retryable: true });
    expect(classificationOf(error)).toBe('failure');
  });
});
