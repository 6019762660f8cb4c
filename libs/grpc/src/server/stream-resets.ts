import type { Server } from '@grpc/grpc-js';
import type { GrpcConfig } from '../grpc.config.js';

/**
 * Lets a connection reset more streams than Node.js does by itself: 1,000 at once and 33 a second, which is meant for
 * browsers. An app that calls us has one connection for the calls of all its own callers, and they may leave together.
 *
 * @see https://nodejs.org/api/http2.html#http2createserveroptions-onrequesthandler `streamResetBurst`
 * @see https://www.cve.org/CVERecord?id=CVE-2023-44487 what the limit is there for
 */
export function allowResets(listener: Server, { streamResetBurst, streamResetRate }: GrpcConfig): void {
  // grpc-js hands no such option on; `deadlines.int-spec.ts` tells when it keeps those of HTTP/2 in another place.
  const options = Reflect.get(listener, 'commonServerOptions') as object;
  Object.assign(options, { streamResetBurst, streamResetRate });
}
