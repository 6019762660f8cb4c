import { ToolError } from '../ui/tool.error.ts';

const environments = ['development', 'test', 'production'] as const;

/** What `APP_ENV` may say; the apps know the same three. */
export type AppEnvironment = (typeof environments)[number];

/**
 * The environment that a command works for. An app to which nobody says it is closed; a command for developers says
 * development.
 *
 * @throws ToolError with exit code 78 when `APP_ENV` says anything else
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

/** The variable that says it to an app. */
export function environmentVariables(name: AppEnvironment): Record<string, string> {
  return { APP_ENV: name };
}

/** Whether apps of this environment read config/local.yaml. */
export function readsLocalFile(name: AppEnvironment): boolean {
  return name !== 'test';
}
