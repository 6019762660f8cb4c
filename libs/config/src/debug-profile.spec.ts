import { close, open } from 'node:inspector';
import { afterEach, describe, expect, it } from '@jest/globals';
import { isDebugged } from './debug-profile.js';

describe('the debug profile', () => {
  afterEach(() => close());

  it('applies under a debugger, and with APP_DEBUG=true', () => {
    expect(isDebugged({}, 'development')).toBe(false);
    expect(isDebugged({ APP_DEBUG: 'true' }, 'development')).toBe(true);
    open(0, '127.0.0.1');
    expect(isDebugged({}, 'development')).toBe(true);
  });

  it.each(['production', 'test'] as const)('never applies in %s', (stage) => {
    open(0, '127.0.0.1');
    expect(isDebugged({ APP_DEBUG: 'true' }, stage)).toBe(false);
  });
});
