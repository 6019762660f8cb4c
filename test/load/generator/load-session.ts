import { setImmediate as nextTurn } from 'node:timers/promises';
import { LoadConnection, type Outcome } from './load-connection.js';
import type { LoadResult } from './load-result.js';
import type { RequestPlan } from './request-plan.js';

/** The number of connections that are opened at once; a listener's backlog is short. */
const OPEN_AT_ONCE = 100;
/** After this many transport errors in a run, broken connections are not reopened. */
const MOST_TRANSPORT_ERRORS = 1000;

/** The connections to one target, kept open between runs. */
export class LoadSession {
  private readonly connections: readonly LoadConnection[];

  constructor(plan: RequestPlan) {
    this.connections = plan.requests.map((request) => new LoadConnection(plan, request));
  }

  async open(): Promise<void> {
    for (let first = 0; first < this.connections.length; first += OPEN_AT_ONCE) {
      await Promise.all(this.connections.slice(first, first + OPEN_AT_ONCE).map((each) => each.open()));
    }
  }

  /** Runs a closed loop: each connection sends its next request after its last reply, until all are sent. */
  run(requests: number): Promise<LoadResult> {
    const tally = new Tally(requests, this.connections.length);
    let left = requests;
    return new Promise((resolve) => {
      const next = (connection: LoadConnection): void => {
        if (left === 0) return;
        left -= 1;
        const sent = performance.now();
        connection.send((outcome) => {
          tally.add(outcome, performance.now() - sent);
          if (tally.isComplete) resolve(tally.result());
          else if (connection.isOpen) next(connection);
          else void this.reopen(connection, next, tally);
        });
      };
      for (const connection of this.connections) next(connection);
    });
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }

  private async reopen(
    connection: LoadConnection,
    next: (connection: LoadConnection) => void,
    tally: Tally,
  ): Promise<void> {
    if (tally.transportErrors < MOST_TRANSPORT_ERRORS) await connection.open().catch(() => undefined);
    else await nextTurn();
    next(connection);
  }
}

/** Counts the outcomes of requests. */
class Tally {
  transportErrors = 0;
  private ok = 0;
  private wrongBody = 0;
  private ended = 0;
  private readonly rejected: Record<string, number> = {};
  private readonly latencies: Float64Array;
  private readonly startedAt = performance.now();
  private readonly requests: number;
  private readonly connections: number;

  constructor(requests: number, connections: number) {
    this.requests = requests;
    this.connections = connections;
    this.latencies = new Float64Array(requests);
  }

  get isComplete(): boolean {
    return this.ended === this.requests;
  }

  add(outcome: Outcome, latencyMs: number): void {
    this.latencies[this.ended] = latencyMs;
    this.ended += 1;
    if (outcome.kind === 'ok') this.ok += 1;
    else if (outcome.kind === 'wrong_body') this.wrongBody += 1;
    else if (outcome.kind === 'transport_error') this.transportErrors += 1;
    else this.rejected[outcome.status] = (this.rejected[outcome.status] ?? 0) + 1;
  }

  result(): LoadResult {
    const duration = (performance.now() - this.startedAt) / 1000;
    const waited = this.latencies.reduce((sum, latency) => sum + latency, 0);
    const sorted = this.latencies.toSorted();
    const percentile = (share: number) =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return {
      connections: this.connections,
      requests: this.requests,
      ok: this.ok,
      wrong_body: this.wrongBody,
      transport_errors: this.transportErrors,
      rejected_by_status: this.rejected,
      duration_s: duration,
      rate_per_s: this.ok / duration,
      latency_mean_ms: waited / this.requests,
      latency_p50_ms: percentile(0.5),
      latency_p99_ms: percentile(0.99),
      latency_max_ms: percentile(1),
      closed_loop_ratio: waited / 1000 / duration / this.connections,
    };
  }
}
