import { AppError, Status, type StatusRow } from '@app/errors';

/** A request that does not get as far as a handler. */
export class HttpRequestError extends AppError {
  static routeNotFound(method: string, path: string): HttpRequestError {
    return request('ROUTE_NOT_FOUND', Status.NOT_FOUND, `There is nothing at ${method} ${path}.`);
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
    const found = contentType ? `"${contentType.slice(0, 100)}"` : 'no content type';
    return request(
      'UNSUPPORTED_MEDIA_TYPE',
      Status.UNSUPPORTED_MEDIA_TYPE,
      `This takes ${taken}, not ${found}.`,
      undefined,
      cause,
    );
  }

  static notImplemented(what: string): HttpRequestError {
    return request('NOT_IMPLEMENTED', Status.UNIMPLEMENTED, `${what} is not served here. Do without.`);
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

  /** A body that comes too slowly; how long it may take in milliseconds, and the lowest rate in bytes a second. */
  static slowBody({ timeout, minRate }: { timeout: number | undefined; minRate: number }): HttpRequestError {
    const within = timeout === undefined ? '' : `within ${timeout / 1000} s and `;
    return request(
      'REQUEST_TIMEOUT',
      Status.REQUEST_TIMEOUT,
      `The body came too slowly and was not used. Send it ${within}with at least ${minRate} bytes a second.`,
    );
  }

  /** A body in very many chunks of a few bytes, each of which costs as much as a large one. */
  static smallChunks(): HttpRequestError {
    return HttpRequestError.malformedBody('it comes in too many small chunks; send larger ones');
  }

  /** The bodies that are arriving take all the memory there is for them, and this one takes the most. */
  static bodiesOverloaded(): HttpRequestError {
    return new HttpRequestError({
      reason: 'OVERLOADED',
      status: Status.UNAVAILABLE,
      logLevel: 'debug',
      retryable: true,
      retryAfterMs: 1000,
      outcome: 'refused',
      message: 'Too many large bodies arrive at the moment. Try again shortly.',
    });
  }

  /** Nobody receives it: the connection is cut. It says in the access log why. */
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
      'No Expect but 100-continue can be met. Leave the header out.',
    );
  }

  /** Any other refusal that a framework part has expressed as a status. */
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
