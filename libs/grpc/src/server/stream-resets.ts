import type { Server } from '@grpc/grpc-js';
import type { GrpcConfig } from '../grpc.config.js';

/**
 * Raises the number of streams that the client of a connection may reset. The default of Node.js, 1,000 at once and
 * 33 per second, is meant for browsers. An app that calls this server has one connection for all its own callers, and
 * these may cancel at the same time.
 *
 * @see https://nodejs.org/api/http2.html#http2createserveroptions-onrequesthandler `streamResetBurst`
 * @see https://www.cve.org/CVERecord?id=CVE-2023-44487 for the reason of the limit
 */
export function allowResets(server: Server, { streamResetBurst, streamResetRate }: GrpcConfig): void {
  // grpc-js does not pass this option on; `deadlines.int-spec.ts` fails when this field changes.
  const options = Reflect.get(server, 'commonServerOptions') as object;
  Object.assign(options, { streamResetBurst, streamResetRate });
}
