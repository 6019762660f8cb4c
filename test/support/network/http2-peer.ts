import { once } from 'node:events';
import {
  constants,
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';

/** How a peer handles the stream of a request. */
export type Http2Behaviour = (stream: ServerHttp2Stream) => void;

const TYPE = { ':status': 200, 'content-type': 'application/grpc' };

/** A gRPC server on plain HTTP/2, which can end a stream or a connection in every way of the protocol. */
export class Http2Peer {
  /** How many complete requests have arrived. */
  requests = 0;
  behaviour: Http2Behaviour = (stream) => Http2Peer.answer(stream, Buffer.alloc(0));
  private readonly server: Http2Server = createServer();
  private readonly sessions = new Set<ServerHttp2Session>();

  private constructor() {
    this.server.on('session', (session) => {
      this.sessions.add(session);
      session.on('error', () => undefined).once('close', () => this.sessions.delete(session));
    });
    this.server.on('stream', (stream: ServerHttp2Stream) => {
      stream.on('error', () => undefined);
      stream.resume().once('end', () => {
        this.requests += 1;
        this.behaviour(stream);
      });
    });
  }

  static async listen(port = 0): Promise<Http2Peer> {
    const peer = new Http2Peer();
    peer.server.listen(port, '127.0.0.1');
    await once(peer.server, 'listening');
    return peer;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Breaks every connection, and stops listening. */
  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const session of this.sessions) session.destroy();
    await closed;
  }

  /** Answers with one message. */
  static answer(stream: ServerHttp2Stream, message: Buffer): void {
    const frame = Buffer.alloc(5 + message.length);
    frame.writeUInt32BE(message.length, 1);
    message.copy(frame, 5);
    stream.respond(TYPE, { waitForTrailers: true });
    stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(frame);
  }

  /** Answers with a status and no message. */
  static status(code: number, trailers: Record<string, string> = {}): Http2Behaviour {
    return (stream) =>
      stream.respond({ ...TYPE, 'grpc-status': String(code), ...trailers }, { endStream: true });
  }

  /** Ends the stream with RST_STREAM. */
  static reset(code: number): Http2Behaviour {
    return (stream) => stream.close(code);
  }

  /** Breaks the connection without sending anything. */
  static disconnect(): Http2Behaviour {
    return ({ session }) => session?.socket.destroy();
  }

  /** Sends GOAWAY with this stream as the last one that was processed, and breaks the connection. */
  static goAway(): Http2Behaviour {
    return ({ session, id }) => {
      session?.goaway(constants.NGHTTP2_NO_ERROR, id);
      setImmediate(() => session?.destroy());
    };
  }

  /** Sends GOAWAY with the stream before this one as the last one that was processed; there must be one. */
  static goAwayBefore(): Http2Behaviour {
    return ({ session, id = 0 }) => session?.goaway(constants.NGHTTP2_NO_ERROR, id - 2);
  }
}
