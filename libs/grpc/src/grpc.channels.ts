import { type ConfigHandle, type ConfigOf, InjectConfig } from '@app/config';
import { Lifecycle, type Participant, Readiness } from '@app/lifecycle';
import { HEALTH_CHECKS, type Policy, Resilience } from '@app/resilience';
import { Client } from '@grpc/grpc-js';
import { Injectable } from '@nestjs/common';
import { channelOptions } from './client/channel-options.js';
import { checkUpstream } from './client/check-upstream.js';
import { pingUntilGoaway } from './client/ping-until-goaway.js';
import { UpstreamConnection } from './client/upstream-connection.js';
import { CertificateFiles } from './tls/certificate-files.js';
import { clientCredentials } from './tls/client-credentials.js';
import { type UpstreamConfig, upstreamsConfig } from './grpc.config.js';

/** A connection to another app, shared by all clients of its services. */
export interface Channel {
  readonly client: Client;
  /** As in the configuration's `upstreams`: `grpc_server`. */
  readonly upstream: string;
  readonly config: UpstreamConfig;
  /** The resilience policy of its calls, by the upstream's name. */
  readonly policy: Policy;
  /** The connection that calls wait for. Undefined for health checks, which do not wait. */
  readonly connection?: UpstreamConnection;
}

/** One channel per upstream. Each balances over the addresses that its name resolves to. */
@Injectable()
export class GrpcChannels implements Participant {
  readonly name = 'grpc clients';
  private readonly channels = new Map<string, Channel>();
  private readonly certificates: CertificateFiles[] = [];

  constructor(
    @InjectConfig(upstreamsConfig) private readonly config: ConfigHandle<ConfigOf<typeof upstreamsConfig>>,
    private readonly resilience: Resilience,
    private readonly readiness: Readiness,
    lifecycle: Lifecycle,
  ) {
    pingUntilGoaway();
    lifecycle.register(this);
  }

  to(upstream: string): Channel {
    let channel = this.channels.get(upstream);
    if (!channel) {
      channel = this.open(upstream);
      this.channels.set(upstream, channel);
    }
    return channel;
  }

  /** The same connection for health checks. They report its real state and do not touch the circuit of the traffic. */
  toCheck(upstream: string): Channel {
    const policy = this.resilience.policy(HEALTH_CHECKS, upstream);
    return { ...this.to(upstream), policy, connection: undefined };
  }

  async close(): Promise<void> {
    for (const { client } of this.channels.values()) client.close();
    for (const files of this.certificates) files.close();
  }

  private open(upstream: string): Channel {
    const config = this.config.current[upstream];
    if (!config)
      throw new Error(
        `There is no address for "${upstream}". Set upstreams.${upstream}.address in the configuration.`,
      );
    const files = config.tls && new CertificateFiles(config.tls);
    if (files) this.certificates.push(files);
    const client = new Client(config.address, clientCredentials(config.tls, files), channelOptions(config));
    const policy = this.resilience.policy(upstream);
    // Failures without a connection say nothing about the server behind a new connection.
    const restored = () => policy.reset();
    const dependency = this.readiness.watch({
      name: upstream,
      subject: `The upstream ${upstream} at ${config.address}`,
      needed: false,
      check: (signal) => checkUpstream(client, upstream, signal),
    });
    const connection = new UpstreamConnection(client, {
      upstream,
      wait: config.connectWait,
      restored,
      signal: dependency.connection('channel'),
    });
    return { client, upstream, config, policy, connection };
  }
}
