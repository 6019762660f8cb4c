import { AppError, Status, type StatusRow } from '@app/errors';

/** A request that is refused before it reaches a handler. */
export class HttpRequestError extends AppError {
  static routeNotFound(method: string, path: string): HttpRequestError {
    return request('ROUTE_NOT_FOUND', Status.NOT_FOUND, `No route matches ${method} ${shorten(path)}.`);
  }

  static methodNotAllowed(method: string, allowed: readonly string[]): HttpRequestError {
    const message = `${method} is not allowed here; allowed are ${allowed.join(', ')}.`;
    return request('METHOD_NOT_ALLOWED', Status.METHOD_NOT_ALLOWED, message, { allowed });
  }

  static malformedBody(why: string, cause?: unknown): HttpRequestError {
    return request(
      'MALFORMED_BODY',
      Status.INVALID_ARGUMENT,
      `The body cannot be read: ${why}.`,
      undefined,
      cause,
    );
  }

  static malformedRequest(why: string, cause?: unknown): HttpRequestError {
    return request(
      'MALFORMED_REQUEST',
      Status.INVALID_ARGUMENT,
      `The request cannot be read: ${why}.`,
      undefined,
      cause,
    );
  }

  static payloadTooLarge(limit: number, cause?: unknown): HttpRequestError {
    return request(
      'PAYLOAD_TOO_LARGE',
      Status.PAYLOAD_TOO_LARGE,
      `The body is larger than ${limit} bytes.`,
      undefined,
      cause,
    );
  }

  /** @param taken the media type of the route */
  static unsupportedMediaType(
    contentType: string | undefined,
    cause?: unknown,
    taken = 'application/json',
  ): HttpRequestError {
    const found = contentType ? `not "${contentType.slice(0, 100)}"` : 'and the request has no content type';
    return request(
      'UNSUPPORTED_MEDIA_TYPE',
      Status.UNSUPPORTED_MEDIA_TYPE,
      `This route accepts ${taken}, ${found}.`,
      undefined,
      cause,
    );
  }

  static notImplemented(what: string): HttpRequestError {
    return request('NOT_IMPLEMENTED', Status.UNIMPLEMENTED, `${what} is not supported.`);
  }

  static uriTooLong(cause?: unknown): HttpRequestError {
    return request('URI_TOO_LONG', Status.URI_TOO_LONG, 'The address is too long.', undefined, cause);
  }

  static headersTooLarge(cause?: unknown): HttpRequestError {
    return request(
      'HEADERS_TOO_LARGE',
      Status.HEADERS_TOO_LARGE,
      'The headers are too large.',
      undefined,
      cause,
    );
  }

  static requestTimeout(cause?: unknown): HttpRequestError {
    return request(
      'REQUEST_TIMEOUT',
      Status.REQUEST_TIMEOUT,
      'The request did not arrive in time.',
      undefined,
      cause,
    );
  }

  /** A body that arrives too slowly; `timeout` in milliseconds, `minRate` in bytes per second. */
  static slowBody({ timeout, minRate }: { timeout: number | undefined; minRate: number }): HttpRequestError {
    const within = timeout === undefined ? '' : `within ${timeout / 1000} s and `;
    return request(
      'REQUEST_TIMEOUT',
      Status.REQUEST_TIMEOUT,
      `The body arrived too slowly and was dropped. Send it ${within}at ${minRate} bytes per second or faster.`,
    );
  }

  /** A body in very many chunks of a few bytes; each costs as much as a large chunk. */
  static smallChunks(): HttpRequestError {
    return HttpRequestError.malformedBody('it comes in too many small chunks; send larger ones');
  }

  /** The arriving bodies have used up their memory budget, and this one takes the most. */
  static bodiesOverloaded(): HttpRequestError {
    return new HttpRequestError({
      reason: 'OVERLOADED',
      status: Status.UNAVAILABLE,
      logLevel: 'debug',
      retryable: true,
      retryAfterMs: 1000,
      outcome: 'refused',
      message: 'Too many large bodies are arriving at the same time. Try again shortly.',
    });
  }

  /** Not sent to the client, whose connection is reset; only for the access log. */
  static slowReader(): HttpRequestError {
    return request(
      'SLOW_READER',
      Status.CANCELLED,
      'The client read its reply below http.min_read_rate for http.read_grace. Read faster, or ask for a range.',
    );
  }

  static expectationFailed(): HttpRequestError {
    return request(
      'EXPECTATION_FAILED',
      Status.EXPECTATION_FAILED,
      'Only the expectation 100-continue is supported. Remove the Expect header.',
    );
  }

  /** Any other refusal that the framework reports as a status. */
  static ofStatus(status: StatusRow, message: string, cause?: unknown): HttpRequestError {
    const reason = reasonOf(status);
    return request(reason, status as Status, message, undefined, cause);
  }
}

function request(
  reason: string,
  status: Status,
  message: string,
  details?: Record<string, unknown>,
  cause?: unknown,
) {
  return new HttpRequestError({ reason, status, message, details, cause });
}

function reasonOf(status: StatusRow): string {
  const [name] = Object.entries(Status).find(([, row]) => row === status) ?? ['INTERNAL'];
  return name === 'INVALID_ARGUMENT' ? 'VALIDATION_FAILED' : name;
}

/** In characters; a path may have several kilobytes. */
const MAX_PATH = 200;

function shorten(path: string): string {
  return path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}…` : path;
}
