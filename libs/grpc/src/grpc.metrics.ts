import { Metrics } from '@app/telemetry';
import { status as GrpcCode } from '@grpc/grpc-js';
import { Injectable } from '@nestjs/common';
import type { Counter, Histogram } from 'prom-client';

type Labels = 'method' | 'code';

/** Counts the calls of one side, by method and status code; children are looked up once and kept. */
export class CallMetrics {
  private readonly children = new Map<
    string,
    { count: Counter.Internal; seconds: Histogram.Internal<Labels> }
  >();

  constructor(
    private readonly count: Counter<Labels>,
    private readonly seconds: Histogram<Labels>,
  ) {}

  /** @param durationMs how long the call took, in milliseconds */
  observe(method: string, code: number, durationMs: number): void {
    const key = `${code}${method}`;
    let child = this.children.get(key);
    if (!child) {
      const labels = { method, code: GrpcCode[code] ?? 'UNKNOWN' };
      child = { count: this.count.labels(labels), seconds: this.seconds.labels(labels) };
      this.children.set(key, child);
    }
    child.count.inc();
    child.seconds.observe(durationMs / 1000);
  }
}

@Injectable()
export class GrpcMetrics {
  readonly server: CallMetrics;
  readonly client: CallMetrics;

  constructor(metrics: Metrics) {
    this.server = callMetrics(metrics, 'grpc', 'served');
    this.client = callMetrics(metrics, 'grpc_client', 'made');
  }
}

function callMetrics(metrics: Metrics, prefix: string, verb: string): CallMetrics {
  const labelNames: Labels[] = ['method', 'code'];
  return new CallMetrics(
    metrics.counter({
      name: `${prefix}_requests_total`,
      help: `gRPC calls ${verb}, by method and status.`,
      labelNames,
    }),
    metrics.histogram({
      name: `${prefix}_request_duration_seconds`,
      help: `How long gRPC calls ${verb} took.`,
      labelNames,
    }),
  );
}
