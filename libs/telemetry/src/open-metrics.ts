import { type Metric, type OpenMetricsContentType, Registry } from 'prom-client';

const OPEN_METRICS = /application\/openmetrics-text/;

/** Whether a reader asks for OpenMetrics, which alone can carry exemplars. */
export function wantsOpenMetrics(accept: string | undefined): boolean {
  return accept !== undefined && OPEN_METRICS.test(accept);
}

/**
 * The metrics of a registry in OpenMetrics. prom-client takes the suffix `_total` from a counter's own name when it
 * writes this format, and for good; it is given descendants of the metrics, whose names may be changed.
 *
 * @see https://github.com/prometheus/OpenMetrics
 */
export function asOpenMetrics(registry: Registry): Registry<OpenMetricsContentType> {
  const open = new Registry<OpenMetricsContentType>();
  open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const metric of registry.getMetricsAsArray()) open.registerMetric(Object.create(metric) as Metric);
  return open;
}
