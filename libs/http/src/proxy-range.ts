import { isIP, isIPv4 } from 'node:net';
import { z } from 'zod';

const NAMED = ['loopback', 'linklocal', 'uniquelocal'];

/** Addresses of trusted proxies: one address, a range (`10.0.0.0/8`), or a name that Fastify defines for a range. */
export function proxyRange() {
  const error = `an IP address, a range such as 10.0.0.0/8, or one of ${NAMED.join(', ')}`;
  return z.string({ error }).refine(isRange, { error });
}

function isRange(text: string): boolean {
  if (NAMED.includes(text)) return true;
  const [address = '', mask, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  if (mask === undefined) return true;
  if (version === 4 && isIPv4(mask)) return true;
  // Fastify rejects a range that contains every address.
  return /^\d+$/.test(mask) && Number(mask) >= 1 && Number(mask) <= (version === 4 ? 32 : 128);
}
