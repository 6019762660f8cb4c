import {
  DependenciesServiceDefinition,
  type DependenciesServiceImplementation,
  type ListDependenciesResponse,
} from '@app/contracts';
import { Readiness } from '@app/lifecycle';
import { Controller } from '@nestjs/common';
import { GrpcService } from './grpc-service.decorator.js';

/** Serves the list of this app's dependencies and their state to other apps. */
@Controller()
@GrpcService(DependenciesServiceDefinition, { quiet: true })
export class DependenciesController implements DependenciesServiceImplementation {
  constructor(private readonly readiness: Readiness) {}

  async list(): Promise<ListDependenciesResponse> {
    const checks = await this.readiness.dependencies();
    const dependencies = Object.entries(checks).map(([name, { status, needed, latency_ms }]) => ({
      name,
      needed,
      up: status === 'up',
      latencyMs: latency_ms,
    }));
    return { dependencies };
  }
}
