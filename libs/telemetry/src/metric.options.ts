import type {
  Counter,
  CounterConfiguration,
  Gauge,
  GaugeConfiguration,
  Histogram,
  HistogramConfiguration,
} from 'prom-client';
import type { KnownValues } from './known-values.js';

/** As those of prom-client, but a scrape waits for nothing: what has to be asked for is a `MeasuredGauges`. */
type Collected<Options, M> = Omit<Options, 'registers' | 'collect'> & { collect?: (this: M) => void };

export type CounterOptions<T extends string> = Collected<CounterConfiguration<T>, Counter<T>> & {
  /** The values that each label can have; every combination is shown from the start, with 0. @default none */
  values?: KnownValues<T>;
};
export type GaugeOptions<T extends string> = Collected<GaugeConfiguration<T>, Gauge<T>>;
export type HistogramOptions<T extends string> = Collected<HistogramConfiguration<T>, Histogram<T>>;

/** Makes the metrics of one app; `Metrics` is the one that there is. */
export interface MetricFactory {
  counter<T extends string>(options: CounterOptions<T>): Counter<T>;
  gauge<T extends string>(options: GaugeOptions<T>): Gauge<T>;
}
