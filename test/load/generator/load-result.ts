/** What one run has shown. Names carry their units; what is written to disk is this. */
export interface LoadResult {
  connections: number;
  requests: number;
  /** 2xx with the right body; nothing else counts. */
  ok: number;
  wrong_body: number;
  transport_errors: number;
  /** Replies other than 2xx, by status. */
  rejected_by_status: Record<string, number>;
  duration_s: number;
  /** Right replies a second. */
  rate_per_s: number;
  latency_mean_ms: number;
  latency_p50_ms: number;
  latency_p99_ms: number;
  latency_max_ms: number;
  /** rate × mean latency ÷ connections; 1 in a closed loop (Little's law). */
  closed_loop_ratio: number;
}
