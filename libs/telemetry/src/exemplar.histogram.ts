import { RequestContext } from '@app/context';
import type { Histogram, HistogramConfiguration, LabelValues } from 'prom-client';
import { DirectHistogram } from './direct.histogram.js';

/** Parts of prom-client's histogram that its types leave out. */
interface Internals {
  enableExemplars: boolean;
  updateExemplar(labels: object, value: number, exemplarLabels: Record<string, string>): void;
}

/** A histogram that remembers for each of its buckets the last recorded trace that fell into it. */
export class ExemplarHistogram<T extends string> extends DirectHistogram<T> {
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
    const child = super.labels(...labels);
    const values = this.labelsOf(labels);
    return {
      ...child,
      observe: (value) => {
        child.observe(value);
        const trace = RequestContext.current()?.trace;
        if (trace?.sampled) this.internals.updateExemplar(values, value, { trace_id: trace.traceId });
      },
    };
  }

  private get internals(): Internals {
    return this as unknown as Internals;
  }
}
