import { resolve } from 'node:path';
import ofApps from '../../../rspack.config.js';

/** Builds peers like the apps, so that only their sources differ. Outside dist/, which is for the product. */
export default (defaults) => ({
  ...ofApps(defaults),
  output: {
    ...defaults.output,
    path: resolve(import.meta.dirname, '..', '..', '..', '.stack', 'bench', 'dist'),
  },
});
