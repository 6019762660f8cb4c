import { readFileSync } from 'node:fs';
import { rspack } from '@rspack/core';
import { followSignals } from './tools/apps/nest-start.mjs';
import { gitCommit } from './tools/workspace/git-commit.mjs';

// `nest start` has handlers of its own; `nest build` has none and ends at the signal.
if (/[\\/]nest(\.js)?$/.test(process.argv[1] ?? '') && process.listenerCount('SIGTERM') > 0) followSignals();

/** What `/info` says of a program, wherever it is started. */
const build = {
  version: JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')).version,
  commit: gitCommit(import.meta.dirname),
};

/**
 * What differs from the builder's defaults: the language level (its default, ES2021, would turn private fields
 * into WeakMaps), source maps, and that an app carries only what it uses of a lib. No module of ours does anything
 * when it is merely imported, so what a barrel offers and nobody takes is left out, with the drivers behind it: a
 * gateway that publishes messages does not load PostgreSQL for the outbox beside the publisher.
 */
export default (defaults) => {
  const [typescript, ...rules] = defaults.module.rules;
  const [loader] = typescript.use;
  const jsc = { ...loader.options.jsc, target: 'es2023', keepClassNames: true };
  const options = { ...loader.options, jsc };
  return {
    devtool: 'source-map',
    cache: true,
    // One build for the several writes of an editor.
    watchOptions: { aggregateTimeout: 100, ignored: ['**/node_modules', '**/dist', '**/.stack'] },
    module: {
      ...defaults.module,
      rules: [{ ...typescript, sideEffects: false, use: [{ ...loader, options }] }, ...rules],
    },
    plugins: [...defaults.plugins, new rspack.DefinePlugin({ BUILD: JSON.stringify(build) })],
    optimization: { ...defaults.optimization, sideEffects: true, providedExports: true, usedExports: true },
  };
};
