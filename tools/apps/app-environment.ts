import type { App } from './app-catalogue.ts';

/** The environment without the variables that npm adds for scripts; only the gateway receives `PORT`. */
export function appEnvironment(app: App, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const entries = Object.entries(environment).filter(
    ([name]) => !/^(npm_|INIT_CWD$)/.test(name) && (name !== 'PORT' || app.name === 'gateway'),
  );
  return Object.fromEntries(entries);
}
