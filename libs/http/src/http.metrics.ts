import { RequestContext } from '@app/context';
import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Counter, Gauge, Histogram } from 'prom-client';

/** Statuses that alerts count from the first reply. Each is exported with 0 before it. */
const FAULTS = [500, 503, 504];

/** The metrics of one method of one route. */
interface Child {
  seconds: Histogram.Internal<'method' | 'route'>;
  byStatus: Map<number, Counter.Internal>;
}

/** Requests by method, route template and status. Labelled children are looked up once per combination. */
@Injectable()
export class HttpMetrics {
  private readonly requests: Counter<'method' | 'route' | 'status'>;
  private readonly duration: Histogram<'method' | 'route'>;
  private readonly routes = new Map<string, Map<string, Child>>();

  constructor(private readonly metrics: Metrics) {
    this.requests = metrics.counter({
      name: 'http_requests_total',
      help: 'HTTP requests, by method, route template and status; 499: the client disconnected.',
      labelNames: ['method', 'route', 'status'],
    });
    this.duration = metrics.histogram({
      name: 'http_request_duration_seconds',
      help: 'Duration of HTTP requests, by method and route template.',
      labelNames: ['method', 'route'],
    });
  }

  /** Registers a gauge of the requests in flight at each scrape, without the scrape's own request. */
  showInflight(count: () => number): void {
    const gauge: Gauge = this.metrics.gauge({
      name: 'http_inflight_requests',
      help: 'HTTP requests in flight.',
      collect: () => {
        const own = RequestContext.current()?.entry === 'http' ? 1 : 0;
        gauge.set(Math.max(0, count() - own));
      },
    });
  }

  /** Registers a route. Its `statuses` are exported with 0 before the first reply. */
  expect(method: string, route: string, statuses: readonly number[] = FAULTS): void {
    const { byStatus } = this.childOf(method, route);
    for (const status of statuses) byStatus.set(status, this.requests.labels({ method, route, status }));
  }

  observe(method: string, route: string, status: number, durationMs: number): void {
    const { seconds, byStatus } = this.childOf(method, route);
    let count = byStatus.get(status);
    if (!count) {
      count = this.requests.labels({ method, route, status });
      byStatus.set(status, count);
    }
    count.inc();
    seconds.observe(durationMs / 1000);
  }

  private childOf(method: string, route: string): Child {
    let methods = this.routes.get(route);
    if (!methods) {
      methods = new Map();
      this.routes.set(route, methods);
    }
    let child = methods.get(method);
    if (!child) {
      child = { seconds: this.duration.labels({ method, route }), byStatus: new Map() };
      methods.set(method, child);
    }
    return child;
  }
}
