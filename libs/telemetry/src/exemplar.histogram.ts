import { RequestContext } from '@app/context';
import { Histogram, type HistogramConfiguration, type LabelValues } from 'prom-client';

/** Parts of prom-client's histogram that its types leave out. */
interface Internals {
  readonly labelNames: readonly string[];
  enableExemplars: boolean;
  updateExemplar(labels: object, value: number, exemplarLabels: Record<string, string>): void;
}

/** A histogram that remembers for each of its buckets the last recorded trace that fell into it. */
export class ExemplarHistogram<T extends string> extends Histogram<T> {
  constructor(configuration: HistogramConfiguration<T>) {
    // prom-client lets only registries of OpenMetrics have exemplars; ours speaks both formats.
    super({ ...configuration, enableExemplars: true, registers: [] });
    for (const registry of configuration.registers ?? []) registry.registerMetric(this);
    // From here on prom-client would want other parameters; callers shall not have to know.
    this.internals.enableExemplars = false;
    this.observe = (labels: unknown, value?: number) => {
      if (value === undefined) this.labels({}).observe(labels as number);
      else this.labels(labels as LabelValues<T>).observe(value);
    };
  }

  override labels(...labels: [LabelValues<T>] | string[]): Histogram.Internal<T> {
    const child = super.labels(...(labels as string[]));
    const values = typeof labels[0] === 'object' ? labels[0] : this.named(labels as string[]);
    return {
      ...child,
      observe: (value) => {
        child.observe(value);
        const trace = RequestContext.current()?.trace;
        if (trace?.sampled) this.internals.updateExemplar(values, value, { trace_id: trace.traceId });
      },
    };
  }

  private named(values: readonly string[]): Record<string, string> {
    const { labelNames } = this.internals;
    return Object.fromEntries(values.map((value, index) => [labelNames[index] ?? '', value]));
  }

  private get internals(): Internals {
    return this as unknown as Internals;
  }
}
