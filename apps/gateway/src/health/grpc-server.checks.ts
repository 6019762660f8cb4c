import { DependenciesServiceClient } from '@app/contracts';
import { UpstreamUnavailableError } from '@app/errors';
import { Readiness } from '@app/lifecycle';
import { Injectable } from '@nestjs/common';

/** Checks the grpc-server, and PostgreSQL through the grpc-server: the gateway has no connection of its own. */
@Injectable()
export class GrpcServerChecks {
  constructor(
    private readonly dependencies: DependenciesServiceClient,
    readiness: Readiness,
  ) {
    readiness.register({
      name: 'grpc_server',
      needed: false,
      // The gRPC connection logs outages. This check also waits for the checks of the grpc-server's own dependencies.
      logsOutages: false,
      check: (signal) => this.answers(signal),
    });
    readiness.register({
      name: 'postgres',
      needed: false,
      // The grpc-server logs outages. This check also fails when the grpc-server is unavailable.
      logsOutages: false,
      check: (signal) => this.sees('postgres', signal),
    });
  }

  private async answers(signal: AbortSignal): Promise<void> {
    await this.dependencies.list({}, { signal });
  }

  private async sees(name: string, signal: AbortSignal): Promise<void> {
    const { dependencies } = await this.dependencies.list({}, { signal });
    if (!dependencies.some((dependency) => dependency.name === name && dependency.up))
      throw UpstreamUnavailableError.of(name);
  }
}
