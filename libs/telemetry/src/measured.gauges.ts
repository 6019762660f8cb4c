import { deadlineIn, RequestContext } from '@app/context';
import type { Gauge } from 'prom-client';
import type { MetricFactory } from './metric.options.js';

/** How often shared state is measured, in milliseconds. */
const EVERY_MS = 5_000;
/** How many intervals a value stays exported when no measurement succeeds. */
const KEPT_INTERVALS = 4;

/** One value of a gauge, with its labels in addition to those of its measurement. */
export interface Reading {
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** The result of one measurement, by the names in `MeasuredGaugesOptions.gauges`. */
export type Readings<K extends string> = Readonly<Record<K, number | readonly Reading[]>>;

export interface MeasuredGaugesOptions<K extends string> {
  /** `outbox` gives `outbox_measured_timestamp_seconds`. */
  readonly name: string;
  /** Labels that distinguish the measurements; every gauge has them. @default none */
  readonly labelNames?: readonly string[];
  readonly gauges: Readonly<
    Record<K, { readonly name: string; readonly help: string; readonly labelNames?: readonly string[] }>
  >;
  /** Milliseconds from the end of a measurement to the next. @default 5000 */
  readonly every?: number;
  /** Whether every replica measures the same thing; the help text then says so. @default true */
  readonly shared?: boolean;
}

/**
 * Gauges of the state of a server: an outbox, a queue. A background loop measures them, so that a scrape sends
 * nothing and waits for nothing. `<name>_measured_timestamp_seconds` is the time of the last success; before the
 * first one, of the start. When measurements fail, the gauges disappear after four intervals: an unknown value is
 * not 0.
 */
export class MeasuredGauges<K extends string> {
  private readonly measurements: Measurement<K>[] = [];
  private readonly every: number;

  constructor(
    metrics: MetricFactory,
    private readonly options: MeasuredGaugesOptions<K>,
  ) {
    const { name, labelNames: common = [], gauges, every = EVERY_MS, shared = true } = options;
    this.every = every;
    for (const key of Object.keys(gauges) as K[]) {
      const { name: gaugeName, help, labelNames: own = [] } = gauges[key];
      const gauge: Gauge = metrics.gauge({
        name: gaugeName,
        help: shared ? `${help} Each replica shows it: use max, not sum.` : help,
        labelNames: [...common, ...own],
        collect: () => this.show(key, gauge),
      });
    }
    const measuredAt: Gauge = metrics.gauge({
      name: `${name}_measured_timestamp_seconds`,
      help: `When this process last measured ${Object.values<{ name: string }>(gauges)
        .map((gauge) => gauge.name)
        .join(', ')}; before the first time, when it began to try.`,
      labelNames: [...common],
      collect: () => {
        for (const { labels, at } of this.measurements) measuredAt.set({ ...labels }, at / 1000);
      },
    });
  }

  /**
   * Measures periodically until `stop`.
   *
   * @param measure runs in a context with a deadline and a signal; a failure means that this measurement is missing
   */
  add(labels: Readonly<Record<string, string>>, measure: () => Promise<Readings<K>>): void {
    const operation = `measure ${this.options.name}`;
    this.measurements.push(new Measurement({ labels, measure, operation, every: this.every }));
  }

  /** Begins no further measurement, and aborts the current one: the shutdown of the app never waits for it. */
  stop(): void {
    for (const measurement of this.measurements) measurement.stop();
  }

  private show(key: K, gauge: Gauge): void {
    gauge.reset();
    // A gauge without labels exports a 0 of its own after a reset.
    gauge.remove({});
    for (const { labels, current } of this.measurements) {
      const readings: number | readonly Reading[] | undefined = current?.[key];
      if (readings === undefined) continue;
      if (typeof readings === 'number') gauge.set({ ...labels }, readings);
      else for (const reading of readings) gauge.set({ ...labels, ...reading.labels }, reading.value);
    }
  }
}

interface MeasurementOptions<K extends string> {
  readonly labels: Readonly<Record<string, string>>;
  readonly measure: () => Promise<Readings<K>>;
  readonly operation: string;
  readonly every: number;
}

/** One loop that measures, and its last result. */
class Measurement<K extends string> {
  readonly labels: Readonly<Record<string, string>>;
  /** Start of the last successful measurement, or of the loop, in milliseconds since 1970. */
  at = Date.now();
  private readings: Readings<K> | undefined;
  private takenAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  private readonly stopping = new AbortController();

  constructor(private readonly options: MeasurementOptions<K>) {
    this.labels = options.labels;
    // The server may not be connected yet.
    this.schedule(0);
  }

  /** Undefined when there is no result, or when it is too old. */
  get current(): Readings<K> | undefined {
    const age = performance.now() - this.takenAt;
    return age <= KEPT_INTERVALS * this.options.every ? this.readings : undefined;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.stopping.abort();
  }

  private schedule(pause: number): void {
    if (this.stopping.signal.aborted) return;
    this.timer = setTimeout(() => {
      void this.run().finally(() => this.schedule(this.options.every));
    }, pause).unref();
  }

  private async run(): Promise<void> {
    const { operation, every, measure } = this.options;
    const [began, beganAt] = [performance.now(), Date.now()];
    const context = new RequestContext({
      entry: 'cron',
      operation,
      deadline: deadlineIn(every),
      signal: this.stopping.signal,
    });
    try {
      const readings = await RequestContext.detach(() => context.run(measure));
      [this.readings, this.takenAt, this.at] = [readings, began, beganAt];
    } catch {
      // The server is unavailable. Its own log lines and checks report that, and the timestamp does not advance.
    }
  }
}
