import type {
  Counter,
  CounterConfiguration,
  Gauge,
  GaugeConfiguration,
  Histogram,
  HistogramConfiguration,
} from 'prom-client';
import type { KnownValues } from './known-values.js';

/**
 * Options as in prom-client, except that a scrape waits for nothing. Use `MeasuredGauges` for values that need a
 * request.
 */
type Collected<Options, M> = Omit<Options, 'registers' | 'collect'> & { collect?: (this: M) => void };

export type CounterOptions<T extends string> = Collected<CounterConfiguration<T>, Counter<T>> & {
  /** The values that each label can have; every combination is exported from the start, with 0. @default none */
  values?: KnownValues<T>;
};
export type GaugeOptions<T extends string> = Collected<GaugeConfiguration<T>, Gauge<T>>;
export type HistogramOptions<T extends string> = Collected<HistogramConfiguration<T>, Histogram<T>>;

/** Creates the metrics of one app. `Metrics` is the only implementation. */
export interface MetricFactory {
  counter<T extends string>(options: CounterOptions<T>): Counter<T>;
  gauge<T extends string>(options: GaugeOptions<T>): Gauge<T>;
}
