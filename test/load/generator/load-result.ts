/** The result of one run, as it is written to disk. Names contain their units. */
export interface LoadResult {
  connections: number;
  requests: number;
  /** The number of 2xx replies with the correct body; no others count. */
  ok: number;
  wrong_body: number;
  transport_errors: number;
  /** Replies other than 2xx, by status. */
  rejected_by_status: Record<string, number>;
  duration_s: number;
  /** Correct replies per second. */
  rate_per_s: number;
  latency_mean_ms: number;
  latency_p50_ms: number;
  latency_p99_ms: number;
  latency_max_ms: number;
  /** rate × mean latency ÷ connections; 1 in a closed loop (Little's law). */
  closed_loop_ratio: number;
}
