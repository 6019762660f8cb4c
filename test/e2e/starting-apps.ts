import { afterEach } from '@jest/globals';
import {
  type AppName,
  type AppProcess,
  startApp,
  type StartAppOptions,
} from '../support/apps/app-process.js';

/** Starts apps for one test of the surrounding `describe`, and kills the remaining ones at its end. */
export function startingApps(): (name: AppName, env?: StartAppOptions['env']) => Promise<AppProcess> {
  const started: AppProcess[] = [];
  afterEach(() => {
    for (const app of started.splice(0)) app.signal('SIGKILL');
  });
  return async (name, env = {}) => {
    const app = await startApp(name, { env });
    started.push(app);
    return app;
  };
}
