import { type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { RequestContext } from '@app/context';
import type { AppError } from '@app/errors';
import { AccessLog, accessLevelOf } from '@app/logging';
import { Injectable } from '@nestjs/common';
import { plainAddress } from './client-address.js';
import { HttpConnection } from './connection/http.connection.js';
import { Transfer } from './connection/transfer.js';
import { errorReply } from './error-body.js';
import { HttpRequestError } from './http.errors.js';
import { UNMATCHED } from './http.exchange.js';
import { HttpMetrics } from './http.metrics.js';
import { HttpServer } from './http.server.js';

/** The method label of what was no request. */
const NO_METHOD = 'UNKNOWN';
/** What the parser makes of such a request, and what becomes of one whose client does not wait for the reply. */
const STATUSES = [400, 408, 431, 499, 501];
const CLIENT_GONE = 499;
/** How long a client may keep its side open after such a reply, in milliseconds. */
const LINGER_MS = 1_000;

/**
 * Answers what Node's parser refuses. Requests that arrived before are answered first, then the connection closes:
 * nobody knows where the next request would begin.
 */
@Injectable()
export class ClientErrors {
  constructor(
    private readonly server: HttpServer,
    private readonly metrics: HttpMetrics,
    private readonly accessLog: AccessLog,
  ) {}

  install(server: Server): void {
    this.metrics.expect(NO_METHOD, UNMATCHED, STATUSES);
    server.removeAllListeners('clientError');
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
      if (error.code === 'ECONNRESET' || !socket.writable) this.drop(socket, error);
      else void this.refuse(socket, toError(error), error.code === 'HPE_INVALID_EOF_STATE');
    });
    // Node hands the bare socket over.
    server.on('connect', (_request, socket: Socket) => {
      void this.refuse(
        socket.on('error', () => socket.destroy()),
        HttpRequestError.notImplemented('CONNECT'),
      );
    });
  }

  /** @param isGone whether the client has ended its side in the middle of a request: nobody waits for a reply to it */
  private async refuse(socket: Socket, error: AppError, isGone = false): Promise<void> {
    const connection = HttpConnection.of(socket);
    // Whatever arrives behind the first error is an error again.
    if (connection.isClosing || connection.failure) return;
    connection.failure = error;
    const unfinished = this.server.unfinishedOn(socket);
    if (unfinished && isGone) {
      await connection.idle(1);
      socket.destroy();
      return;
    }
    unfinished?.fail(error);
    await connection.idle();
    if (connection.isClosing) return;
    if (socket.writable) this.answer(socket, error);
    else this.drop(socket, error);
  }

  /** Nobody is there for a reply. A client that only closed its connection asked for nothing, and is not counted. */
  private drop(socket: Socket, error: Error): void {
    const connection = HttpConnection.of(socket);
    const isRequest =
      (error as NodeJS.ErrnoException).code !== 'ECONNRESET' && !this.server.unfinishedOn(socket);
    if (isRequest && !connection.isClosing) this.metrics.observe(NO_METHOD, UNMATCHED, CLIENT_GONE, 0);
    socket.destroy();
  }

  private answer(socket: Socket, error: AppError): void {
    const context = new RequestContext({ entry: 'http', operation: UNMATCHED });
    const { traceId } = context.trace;
    const { status, headers, body } = errorReply(error, { traceId, path: '', accept: undefined });
    const text = JSON.stringify(body);
    const lines = Object.entries({
      ...headers,
      'x-request-id': context.requestId,
      connection: 'close',
      'content-length': String(Buffer.byteLength(text)),
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    const reply = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${text}`;
    const bytes = { bytes_sent: Buffer.byteLength(reply), bytes_received: new Transfer(socket).end() };
    // No header of this request is known, so it has the address of the connection and no user agent.
    const client = { address: plainAddress(socket.remoteAddress) };
    socket.end(reply);
    socket.setTimeout(LINGER_MS, () => socket.destroy());
    this.metrics.observe(NO_METHOD, UNMATCHED, status, 0);
    const { reason } = error;
    context.run(() =>
      this.accessLog.write(
        { method: NO_METHOD, path: '', status, reason, duration_ms: 0, ...bytes },
        { succeeded: false, level: accessLevelOf(status, error), client },
      ),
    );
  }
}

function toError(error: NodeJS.ErrnoException): AppError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return HttpRequestError.headersTooLarge(error);
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return HttpRequestError.requestTimeout(error);
    default:
      return HttpRequestError.malformedRequest('it is not valid HTTP', error);
  }
}
