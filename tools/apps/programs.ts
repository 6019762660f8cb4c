import { ensureBuild } from '../workspace/build.ts';
import { entryOf } from './app-entry.ts';
import type { AppFleet } from './app-fleet.ts';

/** The source of the apps' programs. */
export interface Programs {
  /** Resolves once every app has a program. */
  build(signal: AbortSignal): Promise<void>;
  entryOf(this: void, app: string): string;
  /** Variables for the apps. */
  readonly environment: Readonly<Record<string, string>>;
  /** Handles later builds from now on. */
  follow(fleet: AppFleet): void;
  close(): Promise<void>;
}

/** The programs in dist/, built once. */
export const builtPrograms: Programs = {
  build: ensureBuild,
  entryOf,
  environment: {},
  follow: () => undefined,
  close: async () => undefined,
};
