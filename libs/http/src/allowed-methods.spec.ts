import { describe, expect, it } from '@jest/globals';
import { AllowedMethods } from './allowed-methods.js';

describe('the allowed methods of an address', () => {
  const methods = new AllowedMethods(100);
  methods.add({ url: '/orders/:id', method: 'GET', owner: 'Orders.get' });
  methods.add({ url: '/orders/:id', method: ['HEAD', 'PATCH'] });
  methods.add({ url: '/files/*', method: 'GET' });
  methods.add({ url: '/orders/latest', method: 'PUT' });
  methods.add({ url: '/carts/:id', method: 'POST', verb: 'close', owner: 'Carts.close' });
  methods.add({ url: '/books/:id', method: 'GET' });
  methods.add({ url: '/books/:id', method: 'POST', verb: 'lend' });

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

  it('depend on the verb at the end of the address', () => {
    expect(methods.at('/carts/7:close')).toEqual(['POST']);
    for (const path of ['/carts/7', '/carts/7:open', '/carts/7%3Aclose', '/carts:close/7'])
      expect(methods.at(path)).toEqual([]);
    expect(methods.at('/books/7:lend')).toEqual(['GET', 'POST']);
    expect(methods.at('/books/7:other')).toEqual(['GET']);
  });

  it('have the names of the handlers, whatever the names of the parameters', () => {
    expect(methods.ownerOf('GET', '/orders/:order_id')).toBe('Orders.get');
    expect(methods.ownerOf('POST', '/carts/:id', 'close')).toBe('Carts.close');
    expect(methods.ownerOf('POST', '/carts/:id')).toBeUndefined();
  });
});
