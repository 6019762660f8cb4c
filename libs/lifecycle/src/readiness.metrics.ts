import type { Metrics } from '@app/telemetry';
import type { DependencyHealth } from './dependency-check.js';
import type { Lifecycle } from './lifecycle.js';
import type { Readiness } from './readiness.js';

/**
 * Exports the result of `/readyz` as metrics: the whole app (`app_ready`) and each check (`readiness_check_up`). The
 * checks run in the background; a scrape runs none.
 */
export function showReadiness(metrics: Metrics, readiness: Readiness, lifecycle: Lifecycle): void {
  let checks: [string, DependencyHealth][] | undefined;
  const gauges = metrics.measuredGauges({
    name: 'readiness',
    shared: false,
    gauges: {
      up: {
        name: 'readiness_check_up',
        help: 'Whether a check of this app passes (1) or not (0); the app is not ready while a needed one fails.',
        labelNames: ['check', 'needed'],
      },
    },
  });
  gauges.add({}, async () => {
    checks = Object.entries(await readiness.dependencies());
    return {
      up: checks.map(([check, { status, needed }]) => ({
        labels: { check, needed: String(needed) },
        value: status === 'up' ? 1 : 0,
      })),
    };
  });
  metrics.gauge({
    name: 'app_ready',
    help: 'Whether this app takes work: it has started, does not stop, and every needed check passes.',
    collect() {
      const available = checks?.every(([, { status, needed }]) => status === 'up' || !needed) ?? false;
      this.set(lifecycle.state === 'ready' && available ? 1 : 0);
    },
  });
}
