import { Injectable, Optional } from '@nestjs/common';
import {
  collectDefaultMetrics,
  type Counter,
  type CounterConfiguration,
  Gauge,
  type GaugeConfiguration,
  type Histogram,
  type HistogramConfiguration,
  Registry,
} from 'prom-client';
import { DirectCounter } from './direct.counter.js';
import { DirectHistogram } from './direct.histogram.js';
import { ExemplarHistogram } from './exemplar.histogram.js';
import { asOpenMetrics, wantsOpenMetrics } from './open-metrics.js';
import { Spans } from './spans.js';

/** Upper bounds of the latency histograms, in seconds. */
export const LATENCY_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Gauges of prom-client with the suffix of a counter; the ones without it say the same by type. */
const SUMS = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** What runs here. */
export interface Build {
  app: string;
  version: string;
  commit: string;
}

/**
 * The metrics of one app. Names follow Prometheus: `_total` for counters, base units (seconds, bytes), and
 * label values of bounded variety only: route templates, queue names, outcomes.
 *
 * On a hot path look the labelled child up once and keep it: it knows where its sample is, `labels(…)` per call does not.
 */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();

  constructor(@Optional() private readonly spans?: Spans) {}

  counter<T extends string>(options: Omit<CounterConfiguration<T>, 'registers'>): Counter<T> {
    return new DirectCounter({ ...options, registers: [this.registry] });
  }

  gauge<T extends string>(options: Omit<GaugeConfiguration<T>, 'registers'>): Gauge<T> {
    return new Gauge({ ...options, registers: [this.registry] });
  }

  /** A latency histogram in seconds unless `buckets` says otherwise; with exemplars when traces are recorded. */
  histogram<T extends string>(options: Omit<HistogramConfiguration<T>, 'registers'>): Histogram<T> {
    const configuration = { buckets: LATENCY_BUCKETS, ...options, registers: [this.registry] };
    return this.spans?.enabled ? new ExemplarHistogram(configuration) : new DirectHistogram(configuration);
  }

  /** Event loop, heap, garbage collection, CPU and file handles of this process. */
  collectProcess(build: Build): void {
    collectDefaultMetrics({ register: this.registry });
    for (const name of SUMS) this.registry.removeSingleMetric(name);
    this.gauge({
      name: 'build_info',
      help: 'Always 1; what runs here.',
      labelNames: ['app', 'version', 'commit', 'node'],
    })
      .labels({ ...build, node: process.version })
      .set(1);
  }

  /**
   * Everything in the Prometheus text format, or in OpenMetrics where `accept` asks for it, with its content type.
   *
   * @param accept the header of the request
   */
  async expose(accept?: string): Promise<{ contentType: string; body: string }> {
    const registry = wantsOpenMetrics(accept) ? asOpenMetrics(this.registry) : this.registry;
    return { contentType: registry.contentType, body: await registry.metrics() };
  }
}
