import { describe, expect, it } from '@jest/globals';
import { InternalError, UpstreamUnavailableError } from './common.errors.js';
import { describeError } from './describe-error.js';
import { rootMessage, stackOf } from './error-chain.js';

const THIS_FILE = /^ {4}at .*\(?libs\/errors\/src\/error-chain\.spec\.ts:\d+:\d+\)?$/;

describe('the root message', () => {
  it.each<[string, unknown, string]>([
    ['the error', new Error('disk full'), 'disk full'],
    ['the cause', InternalError.because(new Error('disk full')), 'disk full'],
    [
      'the deepest cause',
      InternalError.because(UpstreamUnavailableError.of('pg', new Error('disk full'))),
      'disk full',
    ],
    ['a cause that is no error', InternalError.because('disk full'), 'disk full'],
    ['an object', InternalError.because({ disk: 'full' }), '{"disk":"full"}'],
    ['an object with a secret', { x_api_key: 'hunter2' }, '{"x_api_key":"********"}'],
    ['nothing', undefined, 'undefined'],
    [
      'each of several that failed at once',
      new AggregateError([new Error('::1 refused'), new Error('127.0.0.1 refused')], ''),
      '::1 refused; 127.0.0.1 refused',
    ],
    ['several with one message', new AggregateError([new Error('one')], 'all failed'), 'all failed'],
    ['an error without a message', new TypeError(), 'TypeError'],
  ])('is the message of %s', (_of, thrown, message) => {
    expect(rootMessage(thrown)).toBe(message);
  });

  it('is found although the causes form a circle', () => {
    const error = new Error('round');
    error.cause = new Error('and round', { cause: error });
    expect(rootMessage(error)).toBe('and round');
  });
});

describe('a stack', () => {
  it('begins with the root cause and our frames, followed by the errors that wrap it', () => {
    const cause = UpstreamUnavailableError.of('store', new TypeError('disk full'));
    const lines = stackOf(InternalError.because(cause))?.split('\n') ?? [];
    expect(lines[0]).toBe('TypeError: disk full');
    expect(lines[1]).toMatch(THIS_FILE);
    expect(lines).toContainEqual(expect.stringMatching(/^wrapped in UpstreamUnavailableError: store is not/));
    expect(lines.join('\n')).not.toMatch(/at .*(node_modules|node:)|InternalError/);
    expect(lines).toContainEqual(expect.stringMatching(/^ {4}… \d+ of node_modules and node$/));
  });

  it('includes the stacks of all errors of an AggregateError', () => {
    const stack = stackOf(new AggregateError([new Error('one'), new Error('two')], 'both')) ?? '';
    expect(stack).toMatch(/^AggregateError: both\n(.*\n)* {2}Error: one\n(.*\n)* {2}Error: two\n/);
  });

  it('is included once for a chain, and masked', () => {
    const described = describeError(new Error('outer', { cause: new Error('redis://:hunter2@cache') }));
    expect(described.stack).toMatch(/^Error: redis:\/\/:\*{8}@cache\n/);
    expect(described.cause).toEqual({ type: 'Error', message: 'redis://:********@cache' });
  });

  it('is undefined for a value that is not an error', () => {
    expect(stackOf('text')).toBeUndefined();
    expect(describeError({ a: 1 })).toEqual({ type: 'object', message: '{"a":1}' });
  });
});
