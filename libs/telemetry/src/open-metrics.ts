import { type Metric, type OpenMetricsContentType, Registry } from 'prom-client';

const OPEN_METRICS = /application\/openmetrics-text/;

/** Whether a client requests OpenMetrics, the only format with exemplars. */
export function wantsOpenMetrics(accept: string | undefined): boolean {
  return accept !== undefined && OPEN_METRICS.test(accept);
}

/**
 * The metrics of a registry in OpenMetrics. To write this format, prom-client permanently removes the suffix
 * `_total` from the name of a counter. So it receives derived objects of the metrics, whose names may change.
 *
 * @see https://github.com/prometheus/OpenMetrics
 */
export function asOpenMetrics(registry: Registry): Registry<OpenMetricsContentType> {
  const open = new Registry<OpenMetricsContentType>();
  open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const metric of registry.getMetricsAsArray()) open.registerMetric(Object.create(metric) as Metric);
  return open;
}
