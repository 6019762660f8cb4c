import { describe, expect, it } from '@jest/globals';
import { Status, statusOfGrpcCode, statusOfHttpCode } from './status.js';

describe('the table of statuses', () => {
  it.each([
    ['INVALID_ARGUMENT', 400],
    ['OUT_OF_RANGE', 400],
    ['UNAUTHENTICATED', 401],
    ['PERMISSION_DENIED', 403],
    ['NOT_FOUND', 404],
    ['ALREADY_EXISTS', 409],
    ['ABORTED', 409],
    ['FAILED_PRECONDITION', 412],
    ['RESOURCE_EXHAUSTED', 429],
    ['CANCELLED', 499],
    ['UNKNOWN', 500],
    ['INTERNAL', 500],
    ['DATA_LOSS', 500],
    ['UNIMPLEMENTED', 501],
    ['UNAVAILABLE', 503],
    ['DEADLINE_EXCEEDED', 504],
  ] as const)('answers the gRPC status %s with %i, as the contract says', (name, http) => {
    expect(statusOfGrpcCode(Status[name].grpc).http).toBe(http);
  });

  it('maps every gRPC code from 1 to 16 to the row of its own name', () => {
    const codes = Array.from({ length: 16 }, (_, index) => index + 1);
    expect(codes.map((code) => statusOfGrpcCode(code).grpc)).toEqual(codes);
  });

  it('maps an unknown gRPC code to UNKNOWN', () => {
    expect(statusOfGrpcCode(42)).toBe(Status.UNKNOWN);
  });

  it.each([
    [400, Status.INVALID_ARGUMENT],
    [404, Status.NOT_FOUND],
    [405, Status.METHOD_NOT_ALLOWED],
    [409, Status.ABORTED],
    [413, Status.PAYLOAD_TOO_LARGE],
    [429, Status.RESOURCE_EXHAUSTED],
    [500, Status.INTERNAL],
    [503, Status.UNAVAILABLE],
    [418, Status.INVALID_ARGUMENT],
    [599, Status.INTERNAL],
  ])('maps the HTTP status %i to its row', (code, row) => {
    expect(statusOfHttpCode(code)).toBe(row);
  });
});
