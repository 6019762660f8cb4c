import { whenNpmDies } from '../launcher/npm-death.mjs';

/**
 * Adds to `nest start`, inside its process, what its handling of signals lacks. npx passes SIGTERM to its shell, which
 * ends and sends it to nobody: the command stops as well. After Ctrl-C during a restart under `--watch` it would start
 * the app once more: `tools/apps/nest-exec.sh` reads `NEST_STOPPING` and does not.
 */
export function followSignals() {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
    process.prependListener(signal, () => (process.env.NEST_STOPPING = '1'));
  whenNpmDies(() => process.kill(process.pid, 'SIGTERM'));
}
