import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

const MAPPED = '::ffff:';

/**
 * The address of the client: that of the connection, or, when it comes from a proxy of `http.trust_proxy`, the last one
 * in `X-Forwarded-For` that is no such proxy. What a proxy names and is no address counts as none.
 */
export function clientAddress(request: FastifyRequest): string | undefined {
  const { remoteAddress } = request.raw.socket;
  const named = request.headers['x-forwarded-for'] === undefined ? undefined : request.ip;
  return plainAddress(named !== undefined && isIP(named) !== 0 ? named : remoteAddress);
}

/** An IPv4 address that came over a socket of IPv6 as one of IPv4. */
export function plainAddress(address: string | undefined): string | undefined {
  return address?.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
}
