import { resolve } from 'node:path';
import { paths } from './paths.ts';

const lock = (name: string): string => resolve(paths.stackFolder, 'locks', `${name}.lock`);

/** Locks for work that two commands in one clone must not do at the same time. */
export const locks = {
  /** Held by `npm start` as long as it runs. */
  start: lock('start'),
  /** Held by `npm test` as long as it runs. */
  test: lock('test'),
  install: lock('install'),
  build: lock('build'),
  packages: lock('packages'),
  stack: (stack: string): string => lock(`stack-${stack}`),
};
