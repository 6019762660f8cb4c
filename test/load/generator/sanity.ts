import type { LoadResult } from './load-result.js';

/**
 * In a closed loop every connection always waits for one reply. So by Little's law, rate × mean latency is the number
 * of connections. At the end of a run fewer connections wait; there can never be more than all.
 */
export const CLOSED_LOOP = { least: 0.9, most: 1.05 };

/** The reasons why a result is implausible or invalid; empty when it is valid. */
export function problemsOf(result: LoadResult): string[] {
  const rejected = Object.values(result.rejected_by_status).reduce((sum, count) => sum + count, 0);
  const failed = rejected + result.wrong_body + result.transport_errors;
  const problems = [];
  if (result.ok + failed !== result.requests)
    problems.push(`${result.requests} requests had ${result.ok + failed} ends`);
  if (rejected > 0) problems.push(`replies other than 2xx: ${JSON.stringify(result.rejected_by_status)}`);
  if (result.wrong_body > 0) problems.push(`${result.wrong_body} replies had a wrong body`);
  if (result.transport_errors > 0) problems.push(`${result.transport_errors} transport errors`);
  const { closed_loop_ratio: ratio } = result;
  if (!(ratio >= CLOSED_LOOP.least && ratio <= CLOSED_LOOP.most))
    problems.push(
      `rate × mean latency is ${ratio.toFixed(3)} of the connections; a closed loop has ` +
        `${CLOSED_LOOP.least} to ${CLOSED_LOOP.most}`,
    );
  const { latency_p50_ms: p50, latency_p99_ms: p99, latency_max_ms: max } = result;
  if (!(p50 > 0 && p50 <= p99 && p99 <= max))
    problems.push(`latencies are not in order: ${p50}, ${p99}, ${max} ms`);
  return problems;
}
