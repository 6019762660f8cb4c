import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** Whether a request announces a body. A chunked body may still turn out to be empty. */
export function hasBody(headers: IncomingHttpHeaders): boolean {
  if (headers['transfer-encoding'] !== undefined) return true;
  const length = headers['content-length'];
  return length !== undefined && length !== '0' && Number(length) > 0;
}

/** Whether only the chunks can show if there is JSON to parse. */
export function isJsonInChunks(headers: IncomingHttpHeaders): boolean {
  return (
    headers['transfer-encoding'] !== undefined && /^application\/json\b/i.test(headers['content-type'] ?? '')
  );
}

/**
 * Calls back when it is clear whether a chunked body is empty, and also when the connection breaks meanwhile: then
 * the next reader gets the error.
 */
export function whenBodyIsKnown(request: IncomingMessage, callback: (isEmpty: boolean) => void): void {
  const known = (): void => {
    request.off('readable', known).off('close', known);
    const isEmpty = request.complete && request.readableLength === 0;
    if (isEmpty) request.resume();
    callback(isEmpty);
  };
  request.once('readable', known).once('close', known);
}

/** Removes the headers of an absent body, so that no parser looks for one. */
export function forgetBody({ headers }: IncomingMessage): void {
  delete headers['content-type'];
  delete headers['transfer-encoding'];
}
