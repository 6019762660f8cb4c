import { paths } from '../workspace/paths.ts';

/** The apps in the order of their start. */
export const appNames = ['grpc-server', 'cron-server', 'worker', 'gateway'] as const;

/** The built program of an app. */
export function entryOf(app: string): string {
  return paths.inClone('dist', 'apps', app, 'main.js');
}

/**
 * The options of Node.js for a built app, the same as in the Dockerfile. The young generation is four times the default
 * size. Otherwise a thousand requests in flight survive its collections and move to the old generation. See decision
 * 0008. V8 does not allocate in the old generation on its own either, see decision 0064.
 */
export const nodeOptions = [
  '--enable-source-maps',
  '--max-semi-space-size=64',
  '--no-allocation-site-pretenuring',
] as const;
