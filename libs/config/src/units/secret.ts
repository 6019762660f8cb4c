import { inspect } from 'node:util';
import { MASK } from '@app/errors';
import { z } from 'zod';

/** A value that is printed masked: by `String()`, JSON, template, logger and `util.inspect`. */
export class Secret {
  private readonly value: string;

  constructor(value: string) {
    this.value = value;
  }

  /** Returns the unmasked value. Call it only where the value is used. */
  reveal(): string {
    return this.value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}

/** A password, key or token. */
export function secret() {
  return z
    .string({ error: 'a text (quote it when it looks like a number)' })
    .min(1, { error: 'a text that is not empty' })
    .meta({ secret: true })
    .transform((value) => new Secret(value));
}
