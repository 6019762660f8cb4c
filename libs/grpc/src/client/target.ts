import { isIPv4, isIPv6 } from 'node:net';
import { isHost } from '@app/config';
import { z } from 'zod';

const TARGET = /^(?:(dns|ipv4|ipv6|unix):(?:\/\/[^/]*\/)?)?(.+)$/;
const HOST_AND_PORT = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/;

/** Tests whether a text is a valid host for one kind of address. */
type HostTest = (text: string) => boolean;

const HOSTS: Record<string, HostTest> = { dns: isHost, ipv4: isIPv4, ipv6: isIPv6 };

/**
 * The address of a server in gRPC's notation (https://github.com/grpc/grpc/blob/master/doc/naming.md). A port is
 * required, since no app of this project listens on gRPC's default port 443.
 */
export function target() {
  const error =
    'an address in the notation of gRPC, with its port and without http://, such as host:50051, [::1]:50051, ' +
    'dns:///host:50051 or ipv4:10.0.0.1:50051,10.0.0.2:50051';
  return z.string({ error }).refine(isTarget, { error });
}

function isTarget(text: string): boolean {
  const [, scheme = 'dns', path = ''] = TARGET.exec(text) ?? [];
  if (scheme === 'unix') return path !== '';
  const isKind = HOSTS[scheme] ?? isHost;
  const addresses = scheme === 'dns' ? [path] : path.split(',');
  return addresses.every((address) => isAddress(address, isKind));
}

function isAddress(text: string, isKind: HostTest): boolean {
  const [, bracketed, bare = '', port = '0'] = HOST_AND_PORT.exec(text) ?? [];
  const isKnown = bracketed === undefined ? isKind(bare) : isIPv6(bracketed) && isKind(bracketed);
  return isKnown && Number(port) >= 1 && Number(port) <= 65_535;
}
