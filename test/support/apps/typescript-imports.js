import { registerHooks } from 'node:module';

/**
 * Jest loads its global set-up outside its own module system, and the load suite runs without it; there Node.js
 * runs TypeScript by itself but takes `./x.js` by the letter. Here it may mean x.ts, as it does everywhere else in
 * the project.
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
