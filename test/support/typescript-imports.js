import { registerHooks } from 'node:module';

/**
 * Jest loads its global set-up outside its own module system, where Node.js runs TypeScript by itself but
 * takes `./x.js` by the letter. Here it may mean x.ts, as it does everywhere else in the house.
 */
registerHooks({
  resolve(specifier, context, next) {
    const ours = context.parentURL?.startsWith(new URL('.', import.meta.url).href) ?? false;
    if (!ours || !specifier.startsWith('./')) return next(specifier, context);
    try {
      return next(specifier.replace(/\.js$/, '.ts'), context);
    } catch {
      return next(specifier, context);
    }
  },
});
