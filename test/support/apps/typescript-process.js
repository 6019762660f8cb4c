/**
 * Lets a process that a spec starts run the sources of the libs:
 * `node --import ./test/support/apps/typescript-process.js x.ts`. `./x.js` is the file x.ts, and `@app/x` a lib, as in
 * Jest.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const ROOT = new URL('../../../', import.meta.url);
const LIB = /^@app\/([^/]+)$/;

registerHooks({
  resolve(specifier, context, next) {
    const lib = LIB.exec(specifier)?.[1];
    if (lib) return next(new URL(`libs/${lib}/src/index.ts`, ROOT).href, context);
    const ours = context.parentURL?.endsWith('.ts') && specifier.startsWith('.');
    return next(ours ? specifier.replace(/\.js$/, '.ts') : specifier, context);
  },
  load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const { code } = transformSync(readFileSync(fileURLToPath(url), 'utf8'), {
      filename: fileURLToPath(url),
      jsc: {
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
        keepClassNames: true,
        target: 'es2023',
      },
      module: { type: 'es6' },
      sourceMaps: 'inline',
    });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
