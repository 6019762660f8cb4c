import { registerHooks } from 'node:module';

/**
 * Resolves `./x.js` to x.ts, as everywhere else in the project. Jest loads its global set-up outside its own module
 * system, and the load suite runs without Jest. There Node.js runs TypeScript itself, but does not map `./x.js` to x.ts.
 */
registerHooks({
  resolve(specifier, context, next) {
    const ours = context.parentURL?.startsWith(new URL('../..', import.meta.url).href) ?? false;
    if (!ours || !/^\.\.?\//.test(specifier)) return next(specifier, context);
    try {
      return next(specifier.replace(/\.js$/, '.ts'), context);
    } catch {
      return next(specifier, context);
    }
  },
});
