import { Injectable, type OnModuleDestroy, Optional } from '@nestjs/common';
import { collectDefaultMetrics, type Counter, Gauge, type Histogram, Registry } from 'prom-client';
import { DirectCounter } from './direct.counter.js';
import { DirectHistogram } from './direct.histogram.js';
import { EventLoopMetrics } from './event-loop.metrics.js';
import { ExemplarHistogram } from './exemplar.histogram.js';
import { combinationsOf } from './known-values.js';
import { MeasuredGauges, type MeasuredGaugesOptions } from './measured.gauges.js';
import type { CounterOptions, GaugeOptions, HistogramOptions, MetricFactory } from './metric.options.js';
import { asOpenMetrics, wantsOpenMetrics } from './open-metrics.js';
import { Spans } from './spans.js';
import { ReservedLabelError } from './telemetry.errors.js';

/** Upper bounds of the latency histograms, in seconds. */
export const LATENCY_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Gauges of prom-client with the suffix of a counter. The ones without the suffix give the same numbers by type. */
const SUMS = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];
/** Measured by `EventLoopMetrics` instead: prom-client resets them with each scrape, and their idle value is 10 ms. */
const LAGS = ['', 'min_', 'max_', 'mean_', 'stddev_', 'p50_', 'p90_', 'p99_'].map(
  (statistic) => `nodejs_eventloop_lag_${statistic}seconds`,
);

/** The build that runs. */
export interface Build {
  app: string;
  version: string;
  commit: string;
}

/**
 * The metrics of one app. Names follow Prometheus: `_total` for counters, base units (seconds, bytes), and label
 * values of bounded variety only: route templates, queue names, outcomes. Labels that Prometheus gives to a target
 * (`job`, `instance`) are rejected.
 *
 * `increase()` does not see the step from no sample to 1. So a counter lists the `values` of its labels where they
 * are known. A child that is looked up is exported with 0 from then on.
 *
 * On a hot path look up the labelled child once and keep it: it has a reference to its sample, while each call of
 * `labels(…)` searches for it.
 */
@Injectable()
export class Metrics implements MetricFactory, OnModuleDestroy {
  private readonly registry = new Registry();
  private readonly measured: MeasuredGauges<string>[] = [];
  private eventLoop: EventLoopMetrics | undefined;

  constructor(@Optional() private readonly spans?: Spans) {}

  /** @throws ReservedLabelError when a label belongs to Prometheus; the other methods do so too */
  counter<T extends string>({ values, ...options }: CounterOptions<T>): Counter<T> {
    ReservedLabelError.refuse(options.name, options.labelNames);
    const counter = new DirectCounter<T>({ ...options, registers: [this.registry] });
    if (values) for (const labels of combinationsOf(values)) counter.inc(labels, 0);
    return counter;
  }

  /** A gauge of the process's own state. `collect` is called at each scrape and must not wait. */
  gauge<T extends string>(options: GaugeOptions<T>): Gauge<T> {
    ReservedLabelError.refuse(options.name, options.labelNames);
    return new Gauge({ ...options, registers: [this.registry] });
  }

  /** Gauges of a server's state, measured in the background until the app stops. */
  measuredGauges<K extends string>(options: MeasuredGaugesOptions<K>): MeasuredGauges<K> {
    const gauges = new MeasuredGauges(this, options);
    this.measured.push(gauges);
    return gauges;
  }

  /** A latency histogram in seconds unless `buckets` says otherwise; with exemplars when traces are recorded. */
  histogram<T extends string>(options: HistogramOptions<T>): Histogram<T> {
    ReservedLabelError.refuse(options.name, options.labelNames);
    const configuration = { buckets: LATENCY_BUCKETS, ...options, registers: [this.registry] };
    return this.spans?.enabled ? new ExemplarHistogram(configuration) : new DirectHistogram(configuration);
  }

  /** Event loop, heap, garbage collection, CPU and file handles of this process. */
  collectProcess(build: Build): void {
    // prom-client cannot omit its histogram of the event loop; so that one ticks once an hour.
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: 3_600_000 });
    for (const name of [...SUMS, ...LAGS]) this.registry.removeSingleMetric(name);
    this.eventLoop = new EventLoopMetrics(this);
    this.gauge({
      name: 'build_info',
      help: 'Always 1; what runs here.',
      labelNames: ['app', 'version', 'commit', 'node_version'],
    })
      .labels({ ...build, node_version: process.version })
      .set(1);
  }

  /** Runs first in a shutdown, before the app stops its intake: it must not wait. */
  onModuleDestroy(): void {
    this.eventLoop?.stop();
    for (const gauges of this.measured) gauges.stop();
  }

  /**
   * Exports all metrics in the Prometheus text format, or in OpenMetrics when `accept` requests it, with the
   * content type.
   *
   * @param accept the header of the request
   */
  async expose(accept?: string): Promise<{ contentType: string; body: string }> {
    const registry = wantsOpenMetrics(accept) ? asOpenMetrics(this.registry) : this.registry;
    return { contentType: registry.contentType, body: await registry.metrics() };
  }
}
