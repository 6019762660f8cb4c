import type { AccessClient } from '@app/logging';
import type { Metadata, ServerInterceptingCallInterface } from '@grpc/grpc-js';

const MAPPED = '::ffff:';

/** The caller: the peer of the connection, which may be a proxy. Addresses in the metadata are not trusted. */
export function clientOf(call: ServerInterceptingCallInterface, metadata: Metadata): AccessClient {
  const [userAgent] = metadata.get('user-agent');
  return { address: addressOf(call.getPeer()), ...(typeof userAgent === 'string' && { userAgent }) };
}

/** grpc-js writes `address:port`, also for IPv6. */
function addressOf(peer: string): string {
  const address = peer.slice(0, Math.max(0, peer.lastIndexOf(':'))) || peer;
  return address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
}
