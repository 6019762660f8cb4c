import { Metadata, type ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import { clientOf } from './call-client.js';

const clientAt = (peer: string, headers: Record<string, string> = {}) => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return clientOf({ getPeer: () => peer } as ServerInterceptingCallInterface, metadata);
};

describe('the client of a call', () => {
  it.each([
    ['10.0.0.7:51234', '10.0.0.7'],
    ['::ffff:10.0.0.7:51234', '10.0.0.7'],
    ['2001:db8::7:51234', '2001:db8::7'],
    ['unknown', 'unknown'],
  ])('at %s has the address %s', (peer, address) => {
    expect(clientAt(peer)).toEqual({ address });
  });

  it('has the user agent of its metadata, but no address from it', () => {
    const headers = { 'user-agent': 'grpc-node-js/1.14.0', 'x-forwarded-for': '203.0.113.7' };
    expect(clientAt('10.0.0.7:51234', headers)).toEqual({
      address: '10.0.0.7',
      userAgent: 'grpc-node-js/1.14.0',
    });
  });
});
