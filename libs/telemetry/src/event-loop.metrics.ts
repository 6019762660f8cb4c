import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Gauge } from 'prom-client';
import type { MetricFactory } from './metric.options.js';

/** Interval of the timer that tests the event loop, in milliseconds. */
const RESOLUTION_MS = 10;
/** A scrape covers at least this much time, in milliseconds, and at most twice as much. */
const WINDOW_MS = 30_000;

type Delays = ReturnType<typeof monitorEventLoopDelay>;
type Statistic = (delays: Delays) => number;

/** The names are those of prom-client. */
const STATISTICS: Readonly<Record<string, [help: string, Statistic]>> = {
  min: ['The smallest', ({ min }) => min],
  max: ['The greatest', ({ max }) => max],
  mean: ['The mean', ({ mean }) => mean],
  p50: ['The median', (delays) => delays.percentile(50)],
  p90: ['The 90th percentile', (delays) => delays.percentile(90)],
  p99: ['The 99th percentile', (delays) => delays.percentile(99)],
};

/**
 * Measures the delay and the utilisation of the event loop. Node.js measures the time between two calls of a timer,
 * so a loop that is never late reports the interval of the timer; here that interval is subtracted. A scrape resets
 * nothing: two histograms alternate, and the older one is exported.
 */
export class EventLoopMetrics {
  private older = measuring();
  private newer = measuring();
  private readonly turns: NodeJS.Timeout;

  constructor(metrics: MetricFactory) {
    for (const [name, [what, statistic]] of Object.entries(STATISTICS)) {
      const gauge: Gauge = metrics.gauge({
        name: `nodejs_eventloop_lag_${name}_seconds`,
        help: `${what} delay of the event loop in the last 30 to 60 s; 0 when no timer was late.`,
        collect: () => gauge.set(secondsOf(this.older, statistic)),
      });
    }
    const time = metrics.counter({
      name: 'nodejs_eventloop_time_seconds_total',
      help: 'Time that the event loop has run code (active) or waited for something to do (idle).',
      labelNames: ['state'],
      collect: () => {
        const { active, idle } = performance.eventLoopUtilization();
        time.reset();
        time.inc({ state: 'active' }, active / 1000);
        time.inc({ state: 'idle' }, idle / 1000);
      },
    });
    this.turns = setInterval(() => this.takeTurns(), WINDOW_MS).unref();
  }

  stop(): void {
    clearInterval(this.turns);
    for (const delays of [this.older, this.newer]) delays.disable();
  }

  private takeTurns(): void {
    this.older.reset();
    [this.older, this.newer] = [this.newer, this.older];
  }
}

function measuring(): Delays {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  return delays;
}

function secondsOf(delays: Delays, statistic: Statistic): number {
  // Without a sample, `min` is the largest possible number and `mean` is NaN.
  if (delays.count === 0) return 0;
  return Math.max(0, statistic(delays) / 1e9 - RESOLUTION_MS / 1000);
}
