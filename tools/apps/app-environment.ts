import type { App } from './app-catalogue.ts';

/** What npm adds for its scripts is noise for an app, and `PORT` is the gateway's alone. */
export function appEnvironment(app: App, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const entries = Object.entries(environment).filter(
    ([name]) => !/^(npm_|INIT_CWD$)/.test(name) && (name !== 'PORT' || app.name === 'gateway'),
  );
  return Object.fromEntries(entries);
}
