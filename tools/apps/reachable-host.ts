import { isIPv6 } from 'node:net';

/** Wildcard addresses, and the address to reach them on this machine. */
const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** The host of a URL for a server on this machine that listens on `host`. */
export function reachableHost(host: string): string {
  const address = host.replace(/^\[(.*)\]$/, '$1');
  const found = everywhere[address] ?? address;
  return isIPv6(found) ? `[${found}]` : found;
}
