import { whenNpmDies } from '../launcher/npm-death.mjs';

/**
 * Completes the signal handling of `nest start`, inside its process. npx sends SIGTERM to its shell, which ends
 * without forwarding it; this makes the command stop too. After Ctrl-C during a restart under `--watch`, the command
 * would start the app once more; `tools/apps/nest-exec.sh` reads `NEST_STOPPING` and prevents that.
 */
export function followSignals() {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
    process.prependListener(signal, () => (process.env.NEST_STOPPING = '1'));
  whenNpmDies(() => process.kill(process.pid, 'SIGTERM'));
}
