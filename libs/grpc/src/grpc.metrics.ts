import { Metrics } from '@app/telemetry';
import { status as GrpcCode } from '@grpc/grpc-js';
import { Injectable } from '@nestjs/common';
import type { Counter, Gauge, Histogram } from 'prom-client';

type Labels = 'method' | 'code';

/** Statuses that are faults of the server. Exported with 0 before the first one, since alerts use their increase. */
const FAULTS = [
  GrpcCode.UNKNOWN,
  GrpcCode.DEADLINE_EXCEEDED,
  GrpcCode.UNIMPLEMENTED,
  GrpcCode.INTERNAL,
  GrpcCode.UNAVAILABLE,
  GrpcCode.DATA_LOSS,
];

interface Instruments {
  started: Counter<'method'>;
  ended: Counter<Labels>;
  seconds: Histogram<Labels>;
  received: Counter<'method'>;
  sent: Counter<'method'>;
}

/** The metrics of one method on one side. The labelled children are looked up once. */
export class MethodMetrics {
  readonly started: Counter.Internal;
  readonly received: Counter.Internal;
  readonly sent: Counter.Internal;
  private readonly endings: { count: Counter.Internal; seconds: Histogram.Internal<Labels> }[] = [];

  constructor(
    private readonly method: string,
    private readonly instruments: Instruments,
  ) {
    this.started = instruments.started.labels({ method });
    this.received = instruments.received.labels({ method });
    this.sent = instruments.sent.labels({ method });
    for (const code of [GrpcCode.OK, ...FAULTS]) this.endings[code] = this.endingOf(code);
  }

  /** @param durationMs how long the call took, in milliseconds */
  ended(code: number, durationMs: number): void {
    const ending = (this.endings[code] ??= this.endingOf(code));
    ending.count.inc();
    ending.seconds.observe(durationMs / 1000);
  }

  private endingOf(code: number) {
    const labels = { method: this.method, code: GrpcCode[code] ?? 'UNKNOWN' };
    return { count: this.instruments.ended.labels(labels), seconds: this.instruments.seconds.labels(labels) };
  }
}

/** Counts the calls of one side by method. */
export class CallMetrics {
  private readonly methods = new Map<string, MethodMetrics>();

  constructor(private readonly instruments: Instruments) {}

  /** @param method the path of an rpc; the proto files bound their number */
  of(method: string): MethodMetrics {
    let metrics = this.methods.get(method);
    if (!metrics) {
      metrics = new MethodMetrics(method, this.instruments);
      this.methods.set(method, metrics);
    }
    return metrics;
  }

  /** @param durationMs how long the call took, in milliseconds */
  observe(method: string, code: number, durationMs: number): void {
    this.of(method).ended(code, durationMs);
  }
}

@Injectable()
export class GrpcMetrics {
  readonly server: CallMetrics;
  readonly client: CallMetrics;

  constructor(private readonly metrics: Metrics) {
    this.server = callMetrics(metrics, 'grpc', 'served');
    this.client = callMetrics(metrics, 'grpc_client', 'made');
  }

  /** Registers a gauge that reads the number of calls in flight at each scrape. */
  showInFlight(count: () => number): void {
    this.metrics.gauge({
      name: 'grpc_requests_in_flight',
      help: 'gRPC calls in flight: without a status yet, or with a handler that still runs.',
      collect(this: Gauge) {
        this.set(count());
      },
    });
  }
}

function callMetrics(metrics: Metrics, prefix: string, verb: string): CallMetrics {
  const counter = <T extends string>(name: string, help: string, ...labelNames: T[]) =>
    metrics.counter<T>({ name: `${prefix}_${name}`, help, labelNames });
  return new CallMetrics({
    started: counter('requests_started_total', `gRPC calls ${verb} that have begun, by method.`, 'method'),
    ended: counter('requests_total', `Completed gRPC calls ${verb}, by method and status.`, 'method', 'code'),
    received: counter('messages_received_total', `Messages received by gRPC calls ${verb}.`, 'method'),
    sent: counter('messages_sent_total', `Messages sent by gRPC calls ${verb}.`, 'method'),
    seconds: metrics.histogram<Labels>({
      name: `${prefix}_request_duration_seconds`,
      help: `How long gRPC calls ${verb} took.`,
      labelNames: ['method', 'code'],
    }),
  });
}
