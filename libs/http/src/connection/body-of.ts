import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** Whether a request says that it has a body. In chunks it may still turn out to be empty. */
export function hasBody(headers: IncomingHttpHeaders): boolean {
  if (headers['transfer-encoding'] !== undefined) return true;
  const length = headers['content-length'];
  return length !== undefined && length !== '0' && Number(length) > 0;
}

/** Whether only the chunks themselves can say if there is JSON to be parsed. */
export function isJsonInChunks(headers: IncomingHttpHeaders): boolean {
  return (
    headers['transfer-encoding'] !== undefined && /^application\/json\b/i.test(headers['content-type'] ?? '')
  );
}

/**
 * Calls back once it is known whether chunks hold anything. Also when the connection breaks meanwhile: the next
 * reader finds that out.
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

/** A type says nothing about a body that is not there: without the header no parser looks for one. */
export function forgetBody({ headers }: IncomingMessage): void {
  delete headers['content-type'];
  delete headers['transfer-encoding'];
}
