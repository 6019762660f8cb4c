import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Counter, Gauge, Histogram } from 'prom-client';

interface Child {
  count: Counter.Internal;
  seconds: Histogram.Internal<'method' | 'route'>;
}

/** Requests by method, route template and status. Children are looked up once per combination and kept. */
@Injectable()
export class HttpMetrics {
  readonly inflight: Gauge;
  private readonly requests: Counter<'method' | 'route' | 'status'>;
  private readonly duration: Histogram<'method' | 'route'>;
  private readonly children = new Map<string, Child>();

  constructor(metrics: Metrics) {
    this.inflight = metrics.gauge({ name: 'http_inflight_requests', help: 'HTTP requests being worked on.' });
    this.requests = metrics.counter({
      name: 'http_requests_total',
      help: 'HTTP requests, by method, route template and status; 499 is a client that went away.',
      labelNames: ['method', 'route', 'status'],
    });
    this.duration = metrics.histogram({
      name: 'http_request_duration_seconds',
      help: 'How long HTTP requests took, by method and route template.',
      labelNames: ['method', 'route'],
    });
  }

  observe(method: string, route: string, status: number, durationMs: number): void {
    const key = `${status}${method}${route}`;
    let child = this.children.get(key);
    if (!child) {
      child = {
        count: this.requests.labels({ method, route, status }),
        seconds: this.duration.labels({ method, route }),
      };
      this.children.set(key, child);
    }
    child.count.inc();
    child.seconds.observe(durationMs / 1000);
  }
}
