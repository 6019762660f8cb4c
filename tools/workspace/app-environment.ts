import { ToolError } from '../ui/tool.error.ts';

const environments = ['development', 'test', 'production'] as const;

/** The values of `APP_ENV`, the same as for the apps. */
export type AppEnvironment = (typeof environments)[number];

/**
 * The environment of a command. Without `APP_ENV` an app runs in production; a command for developers uses development.
 *
 * @throws ToolError with exit code 78 when `APP_ENV` has another value
 */
export function chosenEnvironment(said = process.env['APP_ENV']): AppEnvironment {
  if (!said) return 'development';
  const known = environments.find((name) => name === said);
  if (known) return known;
  throw new ToolError(`APP_ENV is ${JSON.stringify(said)}: expected ${environments.join(', ')}.`, {
    remedies: ['APP_ENV=test for the stack of the tests; without APP_ENV it is development'],
    exitCode: 78,
  });
}

/** The variable that passes the environment to an app. */
export function environmentVariables(name: AppEnvironment): Record<string, string> {
  return { APP_ENV: name };
}

/** Whether apps of this environment read config/local.yaml. */
export function readsLocalFile(name: AppEnvironment): boolean {
  return name !== 'test';
}
