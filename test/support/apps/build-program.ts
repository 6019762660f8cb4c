import { basename, resolve } from 'node:path';
import { rspack, type Configuration } from '@rspack/core';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');

/** Builds a TypeScript program of the tests as `nest build` builds an app. @returns the path of its main.js */
export async function buildProgram(entry: string): Promise<string> {
  const path = resolve(ROOT, '.stack', 'programs', `${basename(entry, '.ts')}-${process.pid}`);
  const compiler = rspack(configurationOf(resolve(ROOT, entry), path));
  const { promise: built, resolve: done, reject } = Promise.withResolvers<void>();
  compiler.run((failure, stats) => {
    const error =
      failure ?? (stats?.hasErrors() ? new Error(stats.toString({ all: false, errors: true })) : undefined);
    compiler.close(() => (error ? reject(error) : done()));
  });
  await built;
  return resolve(path, 'main.js');
}

function configurationOf(entry: string, path: string): Configuration {
  const jsc = {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2023',
    keepClassNames: true,
  };
  return {
    context: ROOT,
    mode: 'none',
    target: 'node',
    devtool: 'source-map',
    entry: { main: entry },
    output: { path, filename: 'main.js', module: true, chunkFormat: 'module', library: { type: 'module' } },
    externalsType: 'module-import',
    // Everything but our own files and libs is loaded from node_modules, as in the built apps.
    externals: [
      ({ request = '' }, decide) => (/^(\.|\/|@app\/)/.test(request) ? decide() : decide(undefined, request)),
    ],
    resolve: {
      extensions: ['.ts', '.js'],
      extensionAlias: { '.js': ['.ts', '.js'] },
      tsConfig: resolve(ROOT, 'tsconfig.json'),
    },
    module: { rules: [{ test: /\.ts$/, use: { loader: 'builtin:swc-loader', options: { jsc } } }] },
  };
}
