import { RequestContext } from '@app/context';
import type { Histogram, HistogramConfiguration, LabelValues } from 'prom-client';
import { DirectHistogram } from './direct.histogram.js';

/** Parts of prom-client's histogram that its types leave out. */
interface Internals {
  enableExemplars: boolean;
  updateExemplar(labels: object, value: number, exemplarLabels: Record<string, string>): void;
}

/** A histogram that keeps, for each bucket, the last recorded trace whose value fell into it. */
export class ExemplarHistogram<T extends string> extends DirectHistogram<T> {
  constructor(configuration: HistogramConfiguration<T>) {
    // prom-client allows exemplars only in registries of OpenMetrics; ours exports both formats.
    super({ ...configuration, enableExemplars: true, registers: [] });
    for (const registry of configuration.registers ?? []) registry.registerMetric(this);
    // With this flag prom-client would require other parameters. Callers should not need to handle that.
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
