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
    module: {
      ...defaults.module,
      rules: [{ ...typescript, sideEffects: false, use: [{ ...loader, options }] }, ...rules],
    },
    optimization: { ...defaults.optimization, sideEffects: true, providedExports: true, usedExports: true },
  };
};
