import { url } from 'node:inspector';
import type { AppEnvironment } from './app-environment.js';

/** The file that lengthens time-outs, so that a debugger's pause ends nothing. */
export const DEBUG_PROFILE = 'debug.yaml';

/**
 * Whether the debug profile holds: in development alone, when a debugger can attach (`nest start --debug`,
 * `node --inspect`) or when `APP_DEBUG` is `true`, for the apps around the one that is debugged.
 */
export function isDebugged(
  environment: Readonly<Record<string, string | undefined>>,
  stage: AppEnvironment,
): boolean {
  return stage === 'development' && (url() !== undefined || environment['APP_DEBUG'] === 'true');
}
