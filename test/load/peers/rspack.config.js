import { resolve } from 'node:path';
import ofApps from '../../../rspack.config.js';

/** Peers are built as the apps are, so that only what they are made of differs; apart from dist/, which is the product's. */
export default (defaults) => ({
  ...ofApps(defaults),
  output: {
    ...defaults.output,
    path: resolve(import.meta.dirname, '..', '..', '..', '.stack', 'bench', 'dist'),
  },
});
