import { Readiness } from '@app/lifecycle';
import { Injectable } from '@nestjs/common';

export interface ServiceHealth {
  status: 'up' | 'down';
  latency_ms: number;
  message?: string;
}

export interface HealthDetail {
  status: 'ok' | 'degraded';
  timestamp: string;
  services: Record<string, ServiceHealth>;
}

@Injectable()
export class HealthService {
  constructor(private readonly readiness: Readiness) {}

  /** The state of all services behind the gateway. The reason of a failure is only in the log, since it names hosts. */
  async detail(): Promise<HealthDetail> {
    const checks = await this.readiness.dependencies();
    const services = Object.entries(checks).map(([name, { status, latency_ms }]): [string, ServiceHealth] => [
      name,
      { status, latency_ms, ...(status === 'down' && { message: `${name} does not answer` }) },
    ]);
    const degraded = services.some(([, { status }]) => status === 'down');
    return {
      status: degraded ? 'degraded' : 'ok',
      timestamp: new Date().toISOString(),
      services: Object.fromEntries(services),
    };
  }
}
