import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of this clone. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Everything that the tool brings or makes lives here; deleting it costs a download and the local data. */
export const stackFolder = resolve(root, '.stack');
