import { AppError, Status, statusOfHttpCode, toAppError } from '@app/errors';
import { HttpException } from '@nestjs/common';
import { HttpRequestError } from './http.errors.js';

/** The parts of the request that the conversion may need. */
export interface FailedRequest {
  method: string;
  path: string;
  contentType: string | undefined;
  bodyLimit: number;
}

/** Converts what Fastify, Nest or a handler threw to an error of the contract. */
export function toHttpError(thrown: unknown, request: FailedRequest): AppError {
  if (thrown instanceof AppError) return thrown;
  // Nest wraps Fastify's errors and keeps the status; the original code is more precise.
  const original = thrown instanceof HttpException ? (thrown.cause ?? thrown) : thrown;
  const code = codeOf(original);
  const known = code === undefined ? undefined : byFastifyCode[code];
  if (known) return known(request, original);
  if (code?.startsWith('FST_ERR_CTP') || original instanceof SyntaxError) {
    return HttpRequestError.malformedBody((original as Error).message.replace(/\.$/, ''), original);
  }
  const status = thrown instanceof HttpException ? thrown.getStatus() : statusCodeOf(thrown);
  return status === undefined || status >= 500
    ? toAppError(thrown)
    : fromStatus(status, thrown as Error, request);
}

const byFastifyCode: Record<string, (request: FailedRequest, cause: unknown) => AppError> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ({ bodyLimit }, cause) => HttpRequestError.payloadTooLarge(bodyLimit, cause),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ({ contentType }, cause) =>
    HttpRequestError.unsupportedMediaType(contentType, cause),
  FST_ERR_CTP_EMPTY_JSON_BODY: (_, cause) => HttpRequestError.malformedBody('it is empty', cause),
  FST_ERR_CTP_INVALID_JSON_BODY: (_, cause) => HttpRequestError.malformedBody('it is not JSON', cause),
  FST_ERR_BAD_URL: (_, cause) =>
    HttpRequestError.malformedRequest('the address is not validly encoded', cause),
  FST_ERR_MAX_PARAM_LENGTH: (_, cause) => HttpRequestError.uriTooLong(cause),
};

function fromStatus(status: number, thrown: Error, request: FailedRequest): AppError {
  if (status === 404) return HttpRequestError.routeNotFound(request.method, request.path);
  if (status === 413) return HttpRequestError.payloadTooLarge(request.bodyLimit, thrown);
  if (status === 415) return HttpRequestError.unsupportedMediaType(request.contentType, thrown);
  if (status === 400) return HttpRequestError.malformedRequest(thrown.message, thrown);
  const row = statusOfHttpCode(status);
  return row === Status.INTERNAL
    ? toAppError(thrown)
    : HttpRequestError.ofStatus(row, thrown.message, thrown);
}

function codeOf(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

function statusCodeOf(thrown: unknown): number | undefined {
  const { statusCode } = (thrown ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : undefined;
}
