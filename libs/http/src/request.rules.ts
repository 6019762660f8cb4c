import type { IncomingMessage } from 'node:http';
import type { AppError } from '@app/errors';
import type { FastifyRequest } from 'fastify';
import { addressRefusalOf } from './address.rules.js';
import { type AllowedMethods, hasEmptyParam } from './allowed-methods.js';
import { contentRefusalOf } from './body/content.rules.js';
import { hasBody } from './connection/body-of.js';
import { DEFAULT_MEDIA_TYPE } from './consumes.decorator.js';
import { HttpRequestError } from './http.errors.js';

/**
 * Headers of which two lines would mean two things; Node keeps the first of most and says nothing. Their lengths
 * differ, by which they are found quickly.
 */
const SINGLE = new Map(
  ['host', 'content-type', 'authorization', 'idempotency-key'].map((name) => [name.length, name]),
);

/** A host name or address, and perhaps a port. */
const HOST = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+;=%-]+)(?::\d{0,5})?$/i;

/** Methods whose body nobody reads. */
const BODYLESS = new Set(['GET', 'HEAD', 'TRACE']);

export interface RequestLimits {
  /** Longest address, in bytes. */
  maxUrlLength: number;
}

/**
 * Checks a request by what stands before its body, in this order: framing and host, address, route and method,
 * expectation, length, type, charset, encoding. Undefined when nothing speaks against it.
 */
export function refusalOf(
  request: FastifyRequest,
  limits: RequestLimits,
  allowed: AllowedMethods,
): AppError | undefined {
  const { raw, headers, method, url } = request;
  const malformed = malformation(raw);
  if (malformed !== undefined) return HttpRequestError.malformedRequest(malformed);
  if (hasUnknownCoding(raw)) return HttpRequestError.notImplemented('Transfer-Encoding but chunked');
  if (url.length > limits.maxUrlLength) return HttpRequestError.uriTooLong();
  const address = addressRefusalOf(request);
  if (address) return address;
  if (request.is404 || hasEmptyParam(request.params as Record<string, string>))
    return unrouted(method, pathOf(url), allowed);
  if (raw.httpVersion === '1.1' && headers.expect !== undefined && !isContinue(headers.expect))
    return HttpRequestError.expectationFailed();
  return hasBody(headers) && !BODYLESS.has(method) ? bodyRefusalOf(request) : undefined;
}

function malformation({ rawHeaders, headers, httpVersion }: IncomingMessage): string | undefined {
  const { host } = headers;
  if (!host && httpVersion === '1.1') return 'it names no host';
  if (host && !HOST.test(host)) return 'its host is not valid';
  if (headers['transfer-encoding'] !== undefined && httpVersion === '1.0')
    return 'HTTP/1.0 knows no Transfer-Encoding';
  const repeated = repeatedOf(rawHeaders);
  return repeated === undefined ? undefined : `it has more than one ${repeated}`;
}

function repeatedOf(rawHeaders: readonly string[]): string | undefined {
  let seen = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const single = SINGLE.get(name.length);
    if (single === undefined || name.toLowerCase() !== single) continue;
    const bit = 1 << name.length;
    if (seen & bit) return single;
    seen |= bit;
  }
  return undefined;
}

function hasUnknownCoding({ headers }: IncomingMessage): boolean {
  const coding = headers['transfer-encoding'];
  return coding !== undefined && coding.trim().toLowerCase() !== 'chunked';
}

function unrouted(method: string, path: string, allowed: AllowedMethods): HttpRequestError {
  const others = allowed.at(path);
  return others.length > 0
    ? HttpRequestError.methodNotAllowed(method, others)
    : HttpRequestError.routeNotFound(method, path);
}

function isContinue(expectation: string): boolean {
  return expectation.trim().toLowerCase() === '100-continue';
}

/** Whether the body of this route is read as a stream, such as a form: it is judged while it arrives. */
export function isStreamed({ routeOptions }: FastifyRequest): boolean {
  return mediaTypeOf(routeOptions) !== DEFAULT_MEDIA_TYPE;
}

function mediaTypeOf({ config }: FastifyRequest['routeOptions']): string {
  return (config as { consumes?: string }).consumes ?? DEFAULT_MEDIA_TYPE;
}

function bodyRefusalOf({ headers, routeOptions }: FastifyRequest): AppError | undefined {
  const consumes = mediaTypeOf(routeOptions);
  const { bodyLimit } = routeOptions;
  // A streamed body has limits of its own.
  const isLimited = consumes === DEFAULT_MEDIA_TYPE && bodyLimit !== undefined;
  if (isLimited && Number(headers['content-length'] ?? 0) > bodyLimit)
    return HttpRequestError.payloadTooLarge(bodyLimit);
  const type = headers['content-type'];
  const [mediaType = ''] = (type ?? '').split(';', 1);
  if (mediaType.trim().toLowerCase() !== consumes)
    return HttpRequestError.unsupportedMediaType(type, undefined, consumes);
  return contentRefusalOf(headers);
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? '';
}
