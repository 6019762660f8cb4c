import { describe, expect, it } from '@jest/globals';
import { ToolError } from '../ui/tool.error.ts';
import { chosenEnvironment, environmentVariables } from './app-environment.ts';

describe('the environment that a command works for', () => {
  it.each([undefined, ''])('is development where nobody says another: %j', (said) => {
    expect(environmentVariables(chosenEnvironment(said))).toEqual({ APP_ENV: 'development' });
  });

  it('has no config/local.yaml when it is that of the tests', () => {
    expect(environmentVariables(chosenEnvironment('test'))).toEqual({ APP_ENV: 'test', CONFIG_LOCAL: 'off' });
  });

  it.each(['Production', 'staging', ' '])('is refused when APP_ENV says %j', (said) => {
    expect(() => chosenEnvironment(said)).toThrow(ToolError);
  });
});
