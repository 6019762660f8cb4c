import type { App } from './app-catalogue.ts';

/** What npm adds for its scripts is noise for an app, and `PORT` is the gateway's alone. */
export function appEnvironment(app: App, additions: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|INIT_CWD$)/.test(name) && (name !== 'PORT' || app.name === 'gateway'),
  );
  return { ...Object.fromEntries(inherited), ...additions };
}
