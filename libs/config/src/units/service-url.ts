import { inspect } from 'node:util';
import { MASK } from '@app/errors';
import { z } from 'zod';

/** The URL of a service, including credentials; its password is printed masked. */
export class ServiceUrl {
  private readonly url: URL;

  constructor(href: string) {
    this.url = new URL(href);
  }

  /** The complete URL with its credentials, for the driver. */
  get href(): string {
    return this.url.href;
  }

  /** Host and port, safe to print. */
  get host(): string {
    return this.url.host;
  }

  toString(): string {
    const copy = new URL(this.url);
    if (copy.password) copy.password = MASK;
    for (const key of copy.searchParams.keys()) {
      if (/password|secret|token/i.test(key)) copy.searchParams.set(key, MASK);
    }
    return copy.href;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

export interface UrlOptions {
  /** Accepted schemes, without the colon: `['postgres', 'postgresql']`. */
  protocols: readonly [string, ...string[]];
}

/** The URL of a service, such as `redis://localhost:6379`. */
export function url({ protocols }: UrlOptions) {
  const expected = `an address such as ${protocols[0]}://host:port`;
  return z
    .string({ error: expected })
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol.slice(0, -1)), {
      error: expected,
    })
    .meta({ secret: true })
    .transform((href) => new ServiceUrl(href));
}
