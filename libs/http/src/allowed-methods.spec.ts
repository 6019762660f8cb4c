import { describe, expect, it } from '@jest/globals';
import { AllowedMethods } from './allowed-methods.js';

describe('the allowed methods of an address', () => {
  const methods = new AllowedMethods(100);
  methods.add('/orders/:id', 'GET');
  methods.add('/orders/:id', ['HEAD', 'PATCH']);
  methods.add('/files/*', 'GET');
  methods.add('/orders/latest', 'PUT');

  it('are those of every route that the address matches', () => {
    expect(methods.at('/orders/7')).toEqual(['GET', 'HEAD', 'PATCH']);
    expect(methods.at('/orders/latest')).toEqual(['GET', 'HEAD', 'PATCH', 'PUT']);
  });

  it('include those of a wildcard at every depth', () => {
    expect(methods.at('/files/2026/11/a.txt')).toEqual(['GET']);
  });

  it('are none without a route, even when a part of the address has one', () => {
    expect(methods.at('/orders')).toEqual([]);
    expect(methods.at('/orders/7/lines')).toEqual([]);
    expect(methods.at('/xorders/7')).toEqual([]);
  });

  it.each([
    '/orders/',
    '/orders/7/',
    '//orders/7',
    '/orders//7',
    '/ORDERS/7',
    '/orders%2F7',
    '/Files/a',
    '/orders/latest/',
    `/orders/${'x'.repeat(101)}`,
  ])('are none at %s, which no route serves', (path) => {
    expect(methods.at(path)).toEqual([]);
  });

  it('are found for an address in any encoding that the router decodes', () => {
    expect(methods.at('/%6frders/7')).toEqual(['GET', 'HEAD', 'PATCH']);
    expect(methods.at('http://elsewhere/orders/7')).toEqual(['GET', 'HEAD', 'PATCH']);
  });
});
