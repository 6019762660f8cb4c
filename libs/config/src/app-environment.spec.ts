import { describe, expect, it } from '@jest/globals';
import { appEnvironment } from './app-environment.js';
import { ConfigInvalidError } from './config.errors.js';

describe('the environment of an app', () => {
  it.each(['development', 'test', 'production'])('is %s when APP_ENV has that value', (name) => {
    expect(appEnvironment({ APP_ENV: name })).toBe(name);
  });

  it.each([{}, { APP_ENV: '' }, { APP_ENV: undefined }, { NODE_ENV: 'development' }])(
    'is production when APP_ENV is missing or empty: %j',
    (environment) => {
      expect(appEnvironment(environment)).toBe('production');
    },
  );

  it.each([
    ['Production', 'production'],
    ['prod', 'production'],
    [' production', 'production'],
    ['production\n', 'production'],
    ['prodution', 'production'],
    ['dev', 'development'],
    ['DEVELOPMENT', 'development'],
    ['tests', 'test'],
  ])('is rejected when APP_ENV is %j, and the message suggests %s', (said, meant) => {
    expect(() => appEnvironment({ APP_ENV: said })).toThrow(
      new RegExp(
        `APP_ENV is ${JSON.stringify(said).replaceAll('\\', '\\\\')}: expected .*did you mean ${meant}\\?`,
      ),
    );
  });

  it.each(['staging', ' ', 'constructor', '../development', '__proto__'])(
    'is rejected when APP_ENV is %j',
    (said) => {
      expect(() => appEnvironment({ APP_ENV: said })).toThrow(ConfigInvalidError);
    },
  );
});
