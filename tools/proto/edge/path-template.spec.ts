import { describe, expect, it } from '@jest/globals';
import { needsRawPath, parsePathTemplate, rawVerb, routerUrl } from './path-template.ts';

describe('a path template', () => {
  it.each([
    ['/v1/books', '/v1/books', false],
    ['/v1/books/{id}', '/v1/books/:id', false],
    ['/v1/books/{id=*}', '/v1/books/:id', false],
    ['/v1/{shelf}/books/{book.id}', '/v1/:shelf/books/:book_id', false],
    ['/v1/{name=shelves/*}', '/v1/shelves/:segment2', true],
    ['/v1/{name=shelves/*/books/*}', '/v1/shelves/:segment2/books/:segment4', true],
    ['/v1/files/{path=**}', '/v1/files/*', true],
    ['/v1/{path=files/**}', '/v1/files/*', true],
    ['/v1/*/books', '/v1/:segment1/books', false],
    ['/v1/books:search', '/v1/books::search', false],
    ['/v1/books/{id}:archive', '/v1/books/:id', true],
  ])('%s has the router path %s', (template, url, isRaw) => {
    const parsed = parsePathTemplate(template);
    expect(routerUrl(parsed)).toBe(url);
    expect(needsRawPath(parsed)).toBe(isRaw);
  });

  it('says which segments its variables cover', () => {
    expect(parsePathTemplate('/v1/{tenant}/{name=files/**}:read')).toEqual({
      segments: ['v1', '*', 'files', '**'],
      variables: [
        { field: 'tenant', from: 1, to: 2, isMulti: false },
        { field: 'name', from: 2, to: undefined, isMulti: true },
      ],
      verb: 'read',
    });
  });

  it('has its verb in the raw path only after a variable', () => {
    expect(rawVerb(parsePathTemplate('/v1/books/{id}:archive'))).toBe('archive');
    expect(rawVerb(parsePathTemplate('/v1/books:search'))).toBeUndefined();
  });

  it.each([
    ['v1/books', 'must begin with /'],
    ['/v1//books', 'the segment ""'],
    ['/v1/{id', 'the segment "{id"'],
    ['/v1/{Id}', '"{Id}" must name a field'],
    ['/v1/{id=}', 'the segment ""'],
    ['/v1/x{id}', 'the segment "x{id}"'],
    ['/v1/{a=**}/b', '** only as its last segment'],
    ['/v1/{a}/{a}', 'the variable a twice'],
    ['/v1/a b', 'the segment "a b"'],
  ])('%s is refused: %s', (template, message) => {
    expect(() => parsePathTemplate(template)).toThrow(message);
  });
});
