import type { IncomingMessage } from 'node:http';
import type { AppError } from '@app/errors';
import type { FastifyRequest } from 'fastify';
import { addressRefusalOf } from './address.rules.js';
import { type AllowedMethods, hasEmptyParam } from './allowed-methods.js';
import { contentRefusalOf } from './body/content.rules.js';
import { hasBody } from './connection/body-of.js';
import { DEFAULT_MEDIA_TYPE } from './consumes.decorator.js';
import { HttpRequestError } from './http.errors.js';
import { type ReachedRoute, routeOf } from './route-config.js';

/**
 * Headers that are ambiguous when they occur twice; for most of them, Node silently keeps the first. Their names have
 * different lengths, which makes the lookup fast.
 */
const SINGLE = new Map(
  ['host', 'content-type', 'authorization', 'idempotency-key'].map((name) => [name.length, name]),
);

/** A host name or address, with an optional port. */
const HOST = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+;=%-]+)(?::\d{0,5})?$/i;

/** Methods whose body is never read. */
const BODYLESS = new Set(['GET', 'HEAD', 'TRACE']);

export interface RequestLimits {
  /** Longest address, in bytes. */
  maxUrlLength: number;
}

/**
 * Checks a request before its body, in this order: framing and host, address, route and method, expectation, length,
 * type, charset, encoding. Undefined when the request is acceptable.
 */
export function refusalOf(
  request: FastifyRequest,
  limits: RequestLimits,
  allowed: AllowedMethods,
): AppError | undefined {
  const { raw, headers, method, url } = request;
  const malformed = malformation(raw);
  if (malformed !== undefined) return HttpRequestError.malformedRequest(malformed);
  if (hasUnknownCoding(raw)) return HttpRequestError.notImplemented('A Transfer-Encoding other than chunked');
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
  if (!host && httpVersion === '1.1') return 'it has no Host header';
  if (host && !HOST.test(host)) return 'its host is not valid';
  if (headers['transfer-encoding'] !== undefined && httpVersion === '1.0')
    return 'HTTP/1.0 has no Transfer-Encoding';
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
  // A route with this method exists, but for another version.
  return others.length > 0 && !others.includes(method)
    ? HttpRequestError.methodNotAllowed(method, others)
    : HttpRequestError.routeNotFound(method, path);
}

function isContinue(expectation: string): boolean {
  return expectation.trim().toLowerCase() === '100-continue';
}

/** Whether the body of this route is read as a stream, such as a form. Such a body is checked while it arrives. */
export function isStreamed(request: FastifyRequest): boolean {
  return mediaTypeOf(routeOf(request)) !== DEFAULT_MEDIA_TYPE;
}

function mediaTypeOf({ config }: ReachedRoute): string {
  return config.consumes ?? DEFAULT_MEDIA_TYPE;
}

function bodyRefusalOf(request: FastifyRequest): AppError | undefined {
  const { headers } = request;
  const route = routeOf(request);
  const consumes = mediaTypeOf(route);
  const { bodyLimit } = route;
  // A streamed body has its own limits.
  const isLimited = consumes === DEFAULT_MEDIA_TYPE && bodyLimit !== undefined;
  if (isLimited && Number(headers['content-length'] ?? 0) > bodyLimit)
    return HttpRequestError.payloadTooLarge(bodyLimit);
  const type = headers['content-type'];
  if (type !== consumes && mediaTypeWithoutParameters(type) !== consumes)
    return HttpRequestError.unsupportedMediaType(type, undefined, consumes);
  return contentRefusalOf(headers);
}

function mediaTypeWithoutParameters(type = ''): string {
  const [mediaType = ''] = type.split(';', 1);
  return mediaType.trim().toLowerCase();
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? '';
}
