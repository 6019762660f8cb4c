import { describe, expect, it } from '@jest/globals';
import { host, hostAndPort } from './host.js';

describe('a host to listen on', () => {
  it.each([
    ['0.0.0.0', '0.0.0.0:1'],
    ['::', '[::]:1'],
    ['[::]', '[::]:1'],
    ['[::1]', '[::1]:1'],
    ['fe80::1%eth0', '[fe80::1%eth0]:1'],
    ['::ffff:127.0.0.1', '[::ffff:127.0.0.1]:1'],
    ['localhost', 'localhost:1'],
    ['my_host-1.example.com.', 'my_host-1.example.com.:1'],
  ])('accepts %s, which is %s with a port', (text, address) => {
    expect(hostAndPort(host().parse(text), 1)).toBe(address);
  });

  it.each([
    '',
    ' ',
    '*',
    'a b',
    '-a',
    'a..b',
    '127.1',
    '256.0.0.1',
    '1.2.3.4.5',
    'localhost:80',
    '0.0.0.0:80',
    '[::]:80',
    '[::',
    '[localhost]',
    ':::',
    '::g',
    'http://localhost',
    'a/b',
    'a'.repeat(64),
    8080,
  ])('rejects %j', (text) => {
    expect(() => host().parse(text)).toThrow('an IP address or a host name without a port');
  });
});
