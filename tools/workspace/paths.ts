import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..', '..');
const stackFolder = resolve(root, '.stack');

/** Where things are in this clone. */
export const paths = {
  root,
  stackFolder,
  logs: resolve(stackFolder, 'logs'),
  tools: resolve(root, 'tools'),
  dependencies: resolve(root, 'node_modules'),
  /** A file that lies at the clone's root or below. */
  inClone: (...segments: string[]): string => resolve(root, ...segments),
  log: (name: string): string => resolve(stackFolder, 'logs', `${name}.log`),
};
