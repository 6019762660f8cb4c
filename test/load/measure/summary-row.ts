import type { Summary } from './compared.js';

/** A row of a table: one variant over all rounds. */
export function rowOf({
  variant,
  cpu_us_per_request: cpu,
  cpu_us_per_request_total: total,
  ...summary
}: Summary) {
  const parts = Object.entries(cpu).map(([name, value]) => `${name} ${value.toFixed(1)}`);
  return {
    variant,
    rate_per_s: Math.round(summary.rate_per_s).toString(),
    p50_ms: summary.latency_p50_ms.toFixed(1),
    p99_ms: summary.latency_p99_ms.toFixed(1),
    cpu_us_per_request: parts.length > 1 ? `${total.toFixed(1)} (${parts.join(', ')})` : total.toFixed(1),
  };
}
