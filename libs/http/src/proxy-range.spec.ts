import { describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { proxyRange } from './proxy-range.js';

const TAKEN = ['127.0.0.1', '::1', '10.0.0.0/8', 'fd00::/8', '10.0.0.0/255.0.0.0', 'loopback', 'uniquelocal'];
const REFUSED = [
  '',
  'proxy',
  '10.0.0.256',
  '10.0.0.0/0',
  '10.0.0.0/33',
  'fd00::/129',
  '[::1]',
  '10.0.0.1:80',
  '10.0.0.0/8/8',
];

describe('a trusted proxy', () => {
  it.each(TAKEN)('may be %s, in our rules and in Fastify', (text) => {
    expect(proxyRange().parse(text)).toBe(text);
    expect(() => fastify({ trustProxy: [text] })).not.toThrow();
  });

  it.each(REFUSED)('is refused by the configuration before Fastify throws: %j', (text) => {
    expect(() => proxyRange().parse(text)).toThrow('an IP address, a range such as 10.0.0.0/8');
    expect(() => fastify({ trustProxy: [text] })).toThrow(/invalid/);
  });
});
