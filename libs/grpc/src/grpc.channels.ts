import { type ConfigHandle, type ConfigOf, InjectConfig } from '@app/config';
import { Lifecycle, type Participant } from '@app/lifecycle';
import { type Policy, Resilience } from '@app/resilience';
import { Client, credentials } from '@grpc/grpc-js';
import { Injectable } from '@nestjs/common';
import { type UpstreamConfig, upstreamsConfig } from './grpc.config.js';

/** A connection to another app, shared by all clients of its services. */
export interface Channel {
  readonly client: Client;
  /** As in the configuration's `upstreams`: `grpc_server`. */
  readonly upstream: string;
  readonly config: UpstreamConfig;
  /** How it is called: the policy of the upstream's name. */
  readonly policy: Policy;
}

/** One channel per upstream; each balances over the addresses that its name resolves to. */
@Injectable()
export class GrpcChannels implements Participant {
  readonly name = 'grpc clients';
  private readonly channels = new Map<string, Channel>();

  constructor(
    @InjectConfig(upstreamsConfig) private readonly config: ConfigHandle<ConfigOf<typeof upstreamsConfig>>,
    private readonly resilience: Resilience,
    lifecycle: Lifecycle,
  ) {
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

  async close(): Promise<void> {
    for (const { client } of this.channels.values()) client.close();
  }

  private open(upstream: string): Channel {
    const config = this.config.current[upstream];
    if (!config)
      throw new Error(
        `There is no address for "${upstream}". Set upstreams.${upstream}.address in the configuration.`,
      );
    const client = new Client(config.address, credentials.createInsecure(), CHANNEL_OPTIONS);
    return { client, upstream, config, policy: this.resilience.policy(upstream) };
  }
}

const CHANNEL_OPTIONS = {
  // Every address of a name gets its share; without this one pod gets all the traffic.
  'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  // A peer that stopped answering is noticed within two seconds.
  'grpc.keepalive_time_ms': 1000,
  'grpc.keepalive_timeout_ms': 1000,
  'grpc.keepalive_permit_without_calls': 0,
  // A server that comes back is found again within seconds.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2000,
};
