import { paths } from '../workspace/paths.ts';

/** In the order of their start. */
export const appNames = ['grpc-server', 'cron-server', 'worker', 'gateway'] as const;

/** The built program of an app. */
export function entryOf(app: string): string {
  return paths.inClone('dist', 'apps', app, 'main.js');
}
