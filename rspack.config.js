/**
 * What differs from the builder's defaults: the language level (its default, ES2021, would turn private
 * fields into WeakMaps) and source maps.
 */
export default (defaults) => {
  const [typescript, ...rules] = defaults.module.rules;
  const [loader] = typescript.use;
  const options = {
    ...loader.options,
    jsc: { ...loader.options.jsc, target: 'es2023', keepClassNames: true },
  };
  return {
    devtool: 'source-map',
    cache: true,
    module: { ...defaults.module, rules: [{ ...typescript, use: [{ ...loader, options }] }, ...rules] },
  };
};
