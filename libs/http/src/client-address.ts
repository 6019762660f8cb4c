import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

const MAPPED = '::ffff:';

/**
 * The address of the client: the address of the connection. When the connection comes from a proxy of
 * `http.trust_proxy`, it is the last address in `X-Forwarded-For` that is not such a proxy. Invalid addresses in the
 * header are ignored.
 */
export function clientAddress(request: FastifyRequest): string | undefined {
  const { remoteAddress } = request.raw.socket;
  const named = request.headers['x-forwarded-for'] === undefined ? undefined : request.ip;
  return plainAddress(named !== undefined && isIP(named) !== 0 ? named : remoteAddress);
}

/** Converts an IPv4-mapped IPv6 address to IPv4. */
export function plainAddress(address: string | undefined): string | undefined {
  return address?.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
}
