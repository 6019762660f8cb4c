import { describe, expect, it } from '@jest/globals';
import { accepts } from './accept.header.js';

describe('the header Accept', () => {
  it.each([
    ['application/problem+json', true],
    ['text/html, Application/Problem+JSON;q=0.5', true],
    ['application/problem+json;q=0', false],
    ['application/problem+json;q=0.000, */*', false],
    ['application/problem+json2', false],
    ['*/*', false],
    ['', false],
    [undefined, false],
  ])('%j accepts problem details: %s', (header, isAccepted) => {
    expect(accepts(header, 'application/problem+json')).toBe(isAccepted);
  });
});
