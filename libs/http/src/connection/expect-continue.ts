import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/**
 * Sends `100 Continue` when code reads the body, not before. A request that is refused without reading (by route,
 * method, length, type or access) so saves the client from sending its body. Other expectations are dispatched like
 * any request, and refused there.
 *
 * @see RFC 9110, section 10.1.1
 */
export function installExpectContinue(server: Server): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    continueWhenRead(request, response);
    server.emit('request', request, response);
  });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    server.emit('request', request, response);
  });
}

function continueWhenRead(request: IncomingMessage, response: ServerResponse): void {
  const read = request._read.bind(request);
  request._read = (size) => {
    request._read = read;
    // After the final reply Node reads the rest only to drop it.
    if (!response.headersSent) response.writeContinue();
    read(size);
  };
}
