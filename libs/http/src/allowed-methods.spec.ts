import { describe, expect, it } from '@jest/globals';
import { AllowedMethods } from './allowed-methods.js';

describe('the allowed methods of an address', () => {
  const methods = new AllowedMethods();
  methods.add('/orders/:id', 'GET');
  methods.add('/orders/:id', ['HEAD', 'PATCH']);
  methods.add('/files/*', 'GET');
  methods.add('/orders/latest', 'PUT');

  it('are those of every route that the address matches', () => {
    expect(methods.at('/orders/7')).toEqual(['GET', 'HEAD', 'PATCH']);
    expect(methods.at('/orders/latest')).toEqual(['GET', 'HEAD', 'PATCH', 'PUT']);
  });

  it('of a wildcard hold for every depth', () => {
    expect(methods.at('/files/2026/11/a.txt')).toEqual(['GET']);
  });

  it('are none where no route is, also when a part of the address is one', () => {
    expect(methods.at('/orders')).toEqual([]);
    expect(methods.at('/orders/7/lines')).toEqual([]);
    expect(methods.at('/xorders/7')).toEqual([]);
  });
});
