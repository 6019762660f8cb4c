import { describe, expect, it } from '@jest/globals';
import { ToolError } from '../ui/tool.error.ts';
import { chosenEnvironment, environmentVariables, readsLocalFile } from './app-environment.ts';

describe('the environment of a command', () => {
  it('is development by default', () => {
    expect(environmentVariables(chosenEnvironment(''))).toEqual({ APP_ENV: 'development' });
  });

  it('has no config/local.yaml when it is that of the tests', () => {
    expect(readsLocalFile(chosenEnvironment('test'))).toBe(false);
    expect(readsLocalFile(chosenEnvironment('development'))).toBe(true);
  });

  it.each(['Production', 'staging', ' '])('is rejected when APP_ENV is %j', (said) => {
    expect(() => chosenEnvironment(said)).toThrow(ToolError);
  });
});
