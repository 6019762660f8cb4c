import { pathToFileURL } from 'node:url';
import { rspackDefaultsFactory } from '@nestjs/cli/lib/compiler/defaults/rspack-defaults.js';
import type { Configuration } from '@rspack/core';
import { paths } from '../workspace/paths.ts';

type Overrides = (defaults: Configuration) => Configuration;

/** Separate from dist/, the output of `npm test`. */
const output = paths.inClone('.stack', 'watch');

/** The program of an app that `npm run dev` has built. */
export function watchedEntryOf(app: string): string {
  return paths.inClone('.stack', 'watch', 'apps', app, 'main.js');
}

/** The configuration of `nest build APP --watch`: the CLI's defaults with our rspack.config.js. */
export async function watchConfiguration(app: string): Promise<Configuration> {
  const file = pathToFileURL(paths.inClone('rspack.config.js')).href;
  const { default: overrides } = (await import(file)) as { default: Overrides };
  const defaults = rspackDefaultsFactory(
    paths.inClone('apps', app, 'src'),
    `apps/${app}`,
    'main',
    false,
    paths.inClone('apps', app, 'tsconfig.app.json'),
    { readonlyVisitors: [], beforeHooks: [], afterHooks: [], afterDeclarationsHooks: [] },
    true,
    { sourceMap: true },
  ) as Configuration;
  return {
    ...defaults,
    mode: 'development',
    ...overrides(defaults),
    name: app,
    context: paths.root,
    output: { ...defaults.output, path: output },
  };
}
