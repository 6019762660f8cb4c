import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Gauge } from 'prom-client';
import type { MetricFactory } from './metric.options.js';

/** How often the loop is tested, in milliseconds: a timer of this interval is due. */
const RESOLUTION_MS = 10;
/** A scrape shows at least this much of the past, in milliseconds, and at most twice as much. */
const WINDOW_MS = 30_000;

type Delays = ReturnType<typeof monitorEventLoopDelay>;
type Statistic = (delays: Delays) => number;

/** Under the names that prom-client gives them. */
const STATISTICS: Readonly<Record<string, [help: string, Statistic]>> = {
  min: ['The smallest', ({ min }) => min],
  max: ['The greatest', ({ max }) => max],
  mean: ['The mean', ({ mean }) => mean],
  p50: ['The median', (delays) => delays.percentile(50)],
  p90: ['The 90th percentile', (delays) => delays.percentile(90)],
  p99: ['The 99th percentile', (delays) => delays.percentile(99)],
};

/**
 * How late the event loop is, and how busy. Node.js measures the time between two calls of a timer, so a loop that is
 * never late shows the interval of the timer; here that interval is subtracted. A scrape resets nothing: two histograms
 * take turns, and the older one is shown.
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
  // Without a sample the smallest is the greatest number, and the mean none.
  if (delays.count === 0) return 0;
  return Math.max(0, statistic(delays) / 1e9 - RESOLUTION_MS / 1000);
}
