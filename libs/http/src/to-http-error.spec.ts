import { AppError, Status } from '@app/errors';
import { BadRequestException, HttpException, NotFoundException } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { type FailedRequest, toHttpError } from './to-http-error.js';

const request: FailedRequest = {
  method: 'GET',
  path: '/orders',
  contentType: 'text/csv',
  bodyLimit: 1024,
};

describe('the conversion to an error of the contract', () => {
  it('keeps an AppError', () => {
    const error = new AppError({ reason: 'OUT_OF_STOCK', status: Status.ABORTED, message: 'none left' });
    expect(toHttpError(error, request)).toBe(error);
  });

  it.each([
    ['FST_ERR_CTP_BODY_TOO_LARGE', 413, 'PAYLOAD_TOO_LARGE'],
    ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['FST_ERR_CTP_EMPTY_JSON_BODY', 400, 'MALFORMED_BODY'],
    ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 400, 'MALFORMED_BODY'],
    ['FST_ERR_MAX_PARAM_LENGTH', 414, 'URI_TOO_LONG'],
  ])('maps %s of Fastify', (code, status, reason) => {
    const fromFastify = Object.assign(new Error('from Fastify'), { code });
    const wrapped = new HttpException('wrapped by Nest', 400, { cause: fromFastify });
    for (const thrown of [fromFastify, wrapped]) {
      const error = toHttpError(thrown, request);
      expect([error.status.http, error.reason]).toEqual([status, reason]);
    }
  });

  it('keeps a 404 of a handler or a guard a 404', () => {
    expect(toHttpError(new NotFoundException(), request).reason).toBe('ROUTE_NOT_FOUND');
  });

  it('keeps the status of a refusal of Nest', () => {
    expect(toHttpError(new BadRequestException('no boundary'), request).status.http).toBe(400);
  });

  it('hides the details of an unexpected error', () => {
    const error = toHttpError(new Error('SELECT secret FROM table'), request);
    expect(error.reason).toBe('INTERNAL');
    expect(error.message).not.toContain('secret');
  });
});
