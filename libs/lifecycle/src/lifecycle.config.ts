import { type ConfigOf, defineConfig, duration } from '@app/config';
import { z } from 'zod';

export const lifecycleConfig = defineConfig('lifecycle', {
  schema: z.object({
    /** How long an app still serves after the stop signal, so that load balancers notice that it is not ready. */
    drainWait: duration().prefault('5s'),
    /** The longest duration of a shutdown; keep it below the platform's grace period. */
    shutdownTimeout: duration().prefault('25s'),
    /** How long the app waits for a needed dependency at start-up before it exits. */
    startTimeout: duration().prefault('60s'),
    /** Time limit of one readiness check. */
    checkTimeout: duration().prefault('1s'),
    /** How long the result of a readiness check is cached. */
    checkCache: duration().prefault('500ms'),
    /**
     * How often dependencies are checked, for the log of outages and for the metrics. The alert `NotMeasured` fires
     * when the results are older than two minutes.
     */
    checkInterval: duration({ min: '100ms', max: '1m' }).prefault('10s'),
  }),
  reloadable: ['drainWait', 'shutdownTimeout', 'checkTimeout', 'checkCache', 'checkInterval'],
});

export type LifecycleConfig = ConfigOf<typeof lifecycleConfig>;
