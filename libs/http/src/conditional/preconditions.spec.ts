import { describe, expect, it } from '@jest/globals';
import { readConditions } from './conditional-headers.js';
import { evaluateConditions, type Representation } from './preconditions.js';

const CHANGED = new Date('2026-03-08T10:00:00.700Z');
const SAME = 'Sun, 08 Mar 2026 10:00:00 GMT';
const BEFORE = 'Sun, 08 Mar 2026 09:59:59 GMT';
const AFTER = 'Sun, 08 Mar 2026 10:00:01 GMT';
const current: Representation = { etag: '"abc"', lastModified: CHANGED };

type Headers = Record<string, string | string[]>;

function outcomeOf(method: string, headers: Headers, of: Representation | undefined = current): string {
  const lines = Object.entries(headers).map(([name, value]) => [name, [value].flat()]);
  const conditions = readConditions({ headersDistinct: Object.fromEntries(lines) } as Parameters<
    typeof readConditions
  >[0]);
  try {
    return evaluateConditions(method, conditions, of);
  } catch (error) {
    return String((error as { status: { http: number } }).status.http);
  }
}

describe('the conditions of a request', () => {
  it.each<[Headers, string, string]>([
    [{}, 'perform', 'perform'],
    [{ 'if-match': '"abc"' }, 'perform', 'perform'],
    [{ 'if-match': '*' }, 'perform', 'perform'],
    [{ 'if-match': '"x", "abc"' }, 'perform', 'perform'],
    [{ 'if-match': ['"x"', '"abc"'] }, 'perform', 'perform'],
    [{ 'if-match': 'W/"abc"' }, '412', '412'],
    [{ 'if-match': '"x"' }, '412', '412'],
    [{ 'if-match': 'abc' }, '412', '412'],
    [{ 'if-match': '' }, '412', '412'],
    [{ 'if-unmodified-since': SAME }, 'perform', 'perform'],
    [{ 'if-unmodified-since': AFTER }, 'perform', 'perform'],
    [{ 'if-unmodified-since': BEFORE }, '412', '412'],
    [{ 'if-unmodified-since': 'soon' }, 'perform', 'perform'],
    [{ 'if-unmodified-since': [BEFORE, BEFORE] }, 'perform', 'perform'],
    [{ 'if-match': '"abc"', 'if-unmodified-since': BEFORE }, 'perform', 'perform'],
    [{ 'if-match': '"x"', 'if-unmodified-since': AFTER }, '412', '412'],
    [{ 'if-none-match': '"abc"' }, 'not-modified', '412'],
    [{ 'if-none-match': 'W/"abc"' }, 'not-modified', '412'],
    [{ 'if-none-match': '*' }, 'not-modified', '412'],
    [{ 'if-none-match': '"x"' }, 'perform', 'perform'],
    [{ 'if-none-match': 'abc' }, 'perform', 'perform'],
    [{ 'if-modified-since': SAME }, 'not-modified', 'perform'],
    [{ 'if-modified-since': AFTER }, 'not-modified', 'perform'],
    [{ 'if-modified-since': BEFORE }, 'perform', 'perform'],
    [{ 'if-modified-since': '2026-03-08' }, 'perform', 'perform'],
    [{ 'if-modified-since': [SAME, SAME] }, 'perform', 'perform'],
    [{ 'if-none-match': '"x"', 'if-modified-since': AFTER }, 'perform', 'perform'],
    [{ 'if-match': '"x"', 'if-none-match': '"abc"' }, '412', '412'],
    [{ 'if-match': '"abc"', 'if-none-match': '"abc"' }, 'not-modified', '412'],
    [{ 'if-unmodified-since': BEFORE, 'if-none-match': '"abc"' }, '412', '412'],
  ])('%j make a GET or HEAD %s, and a DELETE %s', (headers, reading, writing) => {
    expect(outcomeOf('GET', headers)).toBe(reading);
    expect(outcomeOf('HEAD', headers)).toBe(reading);
    expect(outcomeOf('DELETE', headers)).toBe(writing);
  });

  it('never match a weak tag in a strong comparison', () => {
    const weak = { etag: 'W/"abc"' };
    expect(outcomeOf('GET', { 'if-match': '"abc"' }, weak)).toBe('412');
    expect(outcomeOf('GET', { 'if-none-match': '"abc"' }, weak)).toBe('not-modified');
  });

  it('on dates are ignored when the last change is unknown', () => {
    const dateless = { etag: '"abc"' };
    expect(outcomeOf('GET', { 'if-modified-since': AFTER }, dateless)).toBe('perform');
    expect(outcomeOf('DELETE', { 'if-unmodified-since': BEFORE }, dateless)).toBe('perform');
  });

  it('match no version of a missing resource', () => {
    const evaluate = (headers: Headers) => {
      const lines = Object.entries(headers).map(([name, value]) => [name, [value].flat()]);
      const headersDistinct = Object.fromEntries(lines);
      return evaluateConditions('PUT', readConditions({ headersDistinct } as never), undefined);
    };
    expect(evaluate({ 'if-none-match': '*' })).toBe('perform');
    expect(() => evaluate({ 'if-match': '*' })).toThrow('If-Match');
  });
});
