import { paths } from '../workspace/paths.ts';

/** In the order of their start. */
export const appNames = ['grpc-server', 'cron-server', 'worker', 'gateway'] as const;

/** The built program of an app. */
export function entryOf(app: string): string {
  return paths.inClone('dist', 'apps', app, 'main.js');
}

/**
 * How Node.js runs a built app; the Dockerfile says the same. The room for young objects is four times the default:
 * a thousand requests in flight outlive a collection of it otherwise, and become old. See decision 0008.
 */
export const nodeOptions = ['--enable-source-maps', '--max-semi-space-size=64'] as const;
