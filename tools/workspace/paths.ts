import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..', '..');
const stackFolder = resolve(root, '.stack');

/** Paths in this clone. */
export const paths = {
  root,
  stackFolder,
  logs: resolve(stackFolder, 'logs'),
  tools: resolve(root, 'tools'),
  dependencies: resolve(root, 'node_modules'),
  /** A path below the clone's root. */
  inClone: (...segments: string[]): string => resolve(root, ...segments),
  log: (name: string): string => resolve(stackFolder, 'logs', `${name}.log`),
};
