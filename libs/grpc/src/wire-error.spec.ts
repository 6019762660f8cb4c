import { AppError, Status, ValidationFailedError } from '@app/errors';
import { Metadata } from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import { fromWire, toWire } from './wire-error.js';

const METHOD = '/ganymede.testing.v1.EchoService/Echo';
const received = (sent: object) => fromWire(sent, 'grpc_server', METHOD);

describe('an error on its way through gRPC', () => {
  it('arrives with its reason, status, message and details', () => {
    const sent = ValidationFailedError.of([{ path: 'delta', message: 'must not be 0' }]);
    const { reason, status, message, details } = received(toWire(sent));
    expect({ reason, status, message, details }).toEqual({
      reason: sent.reason,
      status: sent.status,
      message: sent.message,
      details: sent.details,
    });
  });

  it('keeps an HTTP status that gRPC has no code for', () => {
    const sent = new AppError({
      reason: 'FILE_TOO_LARGE',
      status: Status.PAYLOAD_TOO_LARGE,
      message: 'too large',
    });
    expect(received(toWire(sent)).status.http).toBe(413);
  });

  it('keeps the time after which to retry', () => {
    const sent = new AppError({
      reason: 'BUSY',
      status: Status.UNAVAILABLE,
      message: 'busy',
      retryAfterMs: 1500,
    });
    expect(received(toWire(sent)).retryAfterMs).toBe(1500);
  });

  it('keeps that it does not count as a failure of the upstream', () => {
    const sent = new AppError({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      message: 'refused',
      countsAsFailure: false,
    });
    expect(received(toWire(sent)).countsAsFailure).toBe(false);
  });

  const REQUEST = ['PAYLOAD_TOO_LARGE', 413, 1024] as const;
  const RESPONSE = ['RESPONSE_TOO_LARGE', 500, 1024] as const;
  const ofServer = new Metadata();
  ofServer.set('content-type', 'application/grpc');

  it.each([
    ['this side sends', 'Attempted to send message with a size larger than 1024', new Metadata(), REQUEST],
    ['the server receives', 'Received message larger than max (2048 vs 1024)', ofServer, REQUEST],
    ['the server receives', 'grpc: received message larger than max (2048 vs. 1024)', ofServer, REQUEST],
    ['the server receives', 'gRPC message exceeds maximum size 1024: 2048', ofServer, REQUEST],
    [
      'the server unpacks',
      'Received message that decompresses to a size larger than 1024',
      ofServer,
      REQUEST,
    ],
    ['this side receives', 'Received message larger than max (2048 vs 1024)', new Metadata(), RESPONSE],
    [
      'this side unpacks',
      'Received message that decompresses to a size larger than 1024',
      new Metadata(),
      RESPONSE,
    ],
    ['the server sends', 'Sent message larger than max (2048 vs. 1024)', ofServer, RESPONSE],
    ['the server sends', 'grpc: trying to send message larger than max (2048 vs. 1024)', ofServer, RESPONSE],
  ])('is no quota when %s too much: %s', (_, details, metadata, [reason, http, limit]) => {
    const error = received({ code: 8, details, metadata });
    expect(error).toMatchObject({ reason, status: { http, grpc: 8 }, details: { max_message_size: limit } });
    expect([error.retryable, error.retryAfterMs]).toEqual([false, undefined]);
  });

  it.each(['quota of the project', 'no more than 5 calls', ''])(
    'is a quota in other cases: "%s"',
    (details) => {
      const error = received({ code: 8, details, metadata: ofServer });
      expect(error).toMatchObject({ reason: 'RESOURCE_EXHAUSTED', status: { http: 429 } });
    },
  );

  it.each([
    [14, 'UPSTREAM_UNAVAILABLE', 503],
    [4, 'DEADLINE_EXCEEDED', 504],
    [1, 'CANCELLED', 499],
    [12, 'UNIMPLEMENTED', 501],
  ])('is built from its code %i when it has no reason', (code, reason, http) => {
    const error = received({ code, details: 'host db-1:5432 refused', metadata: new Metadata() });
    expect([error.reason, error.status.http]).toEqual([reason, http]);
    expect(error.message).not.toContain('db-1');
  });
});
