import { isIPv6 } from 'node:net';

/** What listens everywhere, and where this machine finds it. */
const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** Under which host of a URL a server is found on this machine that listens on `host`. */
export function reachableHost(host: string): string {
  const address = host.replace(/^\[(.*)\]$/, '$1');
  const found = everywhere[address] ?? address;
  return isIPv6(found) ? `[${found}]` : found;
}
