import { z } from 'zod';
import { Secret } from './secret.js';

const MIN_LENGTH = 16;
const MIN_LENGTH_IN_PRODUCTION = 32;
const MAX_LENGTH = 512;

/** The syntax of a bearer token. @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
const BEARER = /^[A-Za-z0-9._~+/-]+=*$/;

const REMEDY = 'make one with: openssl rand -hex 32';

/** A secret that clients send. Only its length protects it from being guessed. */
export class Token extends Secret {
  /** Why production rejects it; undefined when it is strong enough. */
  get weakness(): string | undefined {
    return this.reveal().length < MIN_LENGTH_IN_PRODUCTION
      ? `a token of at least ${MIN_LENGTH_IN_PRODUCTION} characters in production; ${REMEDY}`
      : undefined;
  }
}

/** A bearer token: at least 32 characters in production, 16 elsewhere. */
export function token() {
  const length = `a token of at least ${MIN_LENGTH} characters, ${MIN_LENGTH_IN_PRODUCTION} in production`;
  return z
    .string({ error: 'a text (quote it when it looks like a number)' })
    .min(MIN_LENGTH, { abort: true, error: `${length}; ${REMEDY}` })
    .max(MAX_LENGTH, { abort: true, error: `a token of at most ${MAX_LENGTH} characters` })
    .regex(BEARER, {
      error: `a token of letters, digits and . _ ~ + / -, as a header can carry it; ${REMEDY}`,
    })
    .meta({ secret: true })
    .transform((value) => new Token(value));
}
