import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { startTrace } from '@app/context';
import type { AppError } from '@app/errors';
import { errorReply } from './error-body.js';
import { HttpRequestError } from './http.errors.js';

/**
 * Answers what Node's parser refuses: no request exists yet, so the reply is written to the socket by hand.
 * The connection ends with it, since nobody knows where the next request would begin.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const reply = errorReply(toError(error), { traceId: startTrace().traceId, path: '', accept: undefined });
  const body = JSON.stringify(reply.body);
  const headers = {
    ...reply.headers,
    connection: 'close',
    'content-length': String(Buffer.byteLength(body)),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
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

/** Answers an `Expect` other than `100-continue`, which Node would refuse without a word. */
export function answerExpectation(request: IncomingMessage, response: ServerResponse): void {
  const accept = request.headers.accept;
  const { traceId } = startTrace();
  const reply = errorReply(HttpRequestError.expectationFailed(), {
    traceId,
    path: request.url ?? '',
    accept,
  });
  response.writeHead(reply.status, { ...reply.headers, connection: 'close' }).end(JSON.stringify(reply.body));
}
