import { url } from 'node:inspector';
import type { AppEnvironment } from './app-environment.js';

/** The file with longer time-outs, so that a pause in the debugger does not exceed them. */
export const DEBUG_PROFILE = 'debug.yaml';

/**
 * Whether the debug profile applies: only in development, when a debugger can attach (`nest start --debug`,
 * `node --inspect`) or `APP_DEBUG` is `true`. The variable is for the apps that the debugged app communicates with.
 */
export function isDebugged(
  environment: Readonly<Record<string, string | undefined>>,
  stage: AppEnvironment,
): boolean {
  return stage === 'development' && (url() !== undefined || environment['APP_DEBUG'] === 'true');
}
