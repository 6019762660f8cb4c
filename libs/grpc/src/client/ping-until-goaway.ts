import type { ClientHttp2Session } from 'node:http2';
import { Http2SubchannelConnector } from '@grpc/grpc-js/build/src/transport.js';

type Connector = Http2SubchannelConnector;
type Connect = (this: Connector, ...parameters: Parameters<Connector['connect']>) => Promise<Transport>;
type Transport = Awaited<ReturnType<Connector['connect']>>;

const prototype: { connect: Connect } = Http2SubchannelConnector.prototype;
const connectOfGrpc = prototype.connect;

/**
 * Ends the keepalive of a connection when it receives GOAWAY, so that its calls in flight can end. HTTP/2 of Node.js
 * sends no PING on a connection that is closing; grpc-js takes that for a lost connection, and ends each call on it.
 * Then the deadline of a call, and not the keepalive, limits how long it waits. Applies to all connections that grpc-js
 * opens afterwards.
 *
 * @see https://github.com/grpc/grpc-node/issues/3068
 */
export function pingUntilGoaway(): void {
  prototype.connect = connect;
}

async function connect(this: Connector, ...parameters: Parameters<Connect>): Promise<Transport> {
  const transport = await connectOfGrpc.apply(this, parameters);
  const session = Reflect.get(transport, 'session') as ClientHttp2Session;
  const canSendPing = (Reflect.get(transport, 'canSendPing') as () => boolean).bind(transport);
  Reflect.set(transport, 'canSendPing', () => !session.closed && canSendPing());
  return transport;
}
