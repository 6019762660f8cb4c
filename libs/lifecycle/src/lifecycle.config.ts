import { type ConfigOf, defineConfig, duration } from '@app/config';
import { z } from 'zod';

export const lifecycleConfig = defineConfig('lifecycle', {
  schema: z.object({
    /** How long an app that was told to stop goes on serving, so that balancers notice that it is not ready. */
    drainWait: duration().prefault('5s'),
    /** By when a stop is over, whatever is left; keep it below the platform's grace period. */
    shutdownTimeout: duration().prefault('25s'),
    /** How long a needed dependency may be awaited at the start before the app gives up. */
    startTimeout: duration().prefault('60s'),
    /** How long one readiness check may take. */
    checkTimeout: duration().prefault('1s'),
    /** How long the result of a readiness check is good for. */
    checkCache: duration().prefault('500ms'),
    /**
     * How often dependencies are checked, for the log of outages and for the metrics. The alert `NotMeasured` takes
     * results of more than two minutes for missing.
     */
    checkInterval: duration({ min: '100ms', max: '1m' }).prefault('10s'),
  }),
  reloadable: ['drainWait', 'shutdownTimeout', 'checkTimeout', 'checkCache', 'checkInterval'],
});

export type LifecycleConfig = ConfigOf<typeof lifecycleConfig>;
