import { isIP, isIPv6 } from 'node:net';
import { z } from 'zod';

const LABEL = /^\w(?:[\w-]{0,61}\w)?$/;

/**
 * Where a server listens: an IP address or a host name without a port. Brackets around an IPv6 address are removed.
 */
export function host() {
  const error = 'an IP address or a host name without a port, such as 0.0.0.0, ::, 127.0.0.1 or localhost';
  return z.string({ error }).transform(withoutBrackets).refine(isHost, { error });
}

/** Whether the text is an IP address or a valid host name. A name that ends in a number is a mistyped IP address. */
export function isHost(text: string): boolean {
  if (isIP(text) !== 0) return true;
  const labels = text.replace(/\.$/, '').split('.');
  return (
    text.length <= 253 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '')
  );
}

/** Host and port as one address; an IPv6 address is put in brackets. */
export function hostAndPort(name: string, port: number): string {
  return isIPv6(name) ? `[${name}]:${port}` : `${name}:${port}`;
}

function withoutBrackets(text: string): string {
  const [, inner = ''] = /^\[(.+)\]$/.exec(text) ?? [];
  return isIPv6(inner) ? inner : text;
}
