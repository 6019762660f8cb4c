import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of this clone. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Everything that the tool downloads or creates. Deleting it means a new download and the loss of local data. */
export const stackFolder = resolve(root, '.stack');
