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

/** The method label of input that is not a valid request. */
const NO_METHOD = 'UNKNOWN';
/** The statuses of input that the parser rejects; 499 when the client did not wait for the reply. */
const STATUSES = [400, 408, 431, 499, 501];
const CLIENT_GONE = 499;
/** How long a client may keep its side open after such a reply, in milliseconds. */
const LINGER_MS = 1_000;

/**
 * Answers requests that Node's parser rejects. Earlier requests of the connection are answered first. Then the
 * connection closes, since the start of the next request is unknown.
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
    // For CONNECT, Node passes the bare socket.
    server.on('connect', (_request, socket: Socket) => {
      void this.refuse(
        socket.on('error', () => socket.destroy()),
        HttpRequestError.notImplemented('CONNECT'),
      );
    });
  }

  /** @param isGone whether the client has closed its side in the middle of a request, so that it expects no reply */
  private async refuse(socket: Socket, error: AppError, isGone = false): Promise<void> {
    const connection = HttpConnection.of(socket);
    // All input after the first error is invalid too.
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

  /** Closes a connection without a reply, as its client is gone. A client that sent no request is not counted. */
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
    // The request has no valid headers, so the access line has the connection's address and no user agent.
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
