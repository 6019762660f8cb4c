import { type AppError, ValidationFailedError } from '@app/errors';
import { findUnstorable } from '@app/json';
import type { FastifyRequest } from 'fastify';
import { HttpRequestError } from './http.errors.js';

const PRINTABLE_ASCII = /^[\x21-\x7e]*$/;

/**
 * Refuses an address whose decoded parts would differ from what the client wrote, or could not be stored. The router
 * checks only the encoding of the path, and the query parser keeps text that it cannot decode.
 */
export function addressRefusalOf({ url, params, query }: FastifyRequest): AppError | undefined {
  if (!PRINTABLE_ASCII.test(url))
    return HttpRequestError.malformedRequest('its address has characters that are not percent-encoded');
  if (!url.includes('%')) return undefined;
  if (!isDecodable(url)) return HttpRequestError.malformedRequest('its address is not validly encoded');
  if (!url.includes('%00')) return undefined;
  const fault = findUnstorable(params) ?? findUnstorable(query);
  return fault && ValidationFailedError.of([fault]);
}

/** Whether the whole address is percent-encoded UTF-8. */
function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}
