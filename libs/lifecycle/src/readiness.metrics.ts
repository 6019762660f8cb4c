import type { Metrics } from '@app/telemetry';
import type { Lifecycle } from './lifecycle.js';
import type { Readiness } from './readiness.js';

/**
 * Exports the state of `/readyz` as metrics: the whole app (`app_ready`) and each check (`readiness_check_up`). A
 * scrape reads the last results and runs no check.
 */
export function showReadiness(metrics: Metrics, readiness: Readiness, lifecycle: Lifecycle): void {
  metrics.gauge({
    name: 'readiness_check_up',
    help: 'Whether a check of this app passes (1) or not (0); the app is not ready while a needed one fails.',
    labelNames: ['check', 'needed'],
    collect() {
      this.reset();
      for (const [check, last] of readiness.lastResults)
        if (last) this.set({ check, needed: String(last.needed) }, last.status === 'up' ? 1 : 0);
    },
  });
  metrics.gauge({
    name: 'readiness_measured_timestamp_seconds',
    help: 'When the check ended that is the longest ago; before its first end, when the app started.',
    collect() {
      this.set(readiness.measuredAt / 1000);
    },
  });
  metrics.gauge({
    name: 'app_ready',
    help: 'Whether this app takes work: it has started, does not stop, and every needed check passes.',
    collect() {
      const results = [...readiness.lastResults.values()];
      const available = results.every((last) => last && (last.status === 'up' || !last.needed));
      this.set(lifecycle.state === 'ready' && available ? 1 : 0);
    },
  });
}
