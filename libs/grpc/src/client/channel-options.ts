import type { ChannelOptions } from '@grpc/grpc-js';
import type { UpstreamConfig } from '../grpc.config.js';

/** How grpc-js names what the configuration of an upstream says. */
export function channelOptions(config: UpstreamConfig): ChannelOptions {
  const serverName = config.tls?.serverName;
  return {
    // Every address of a name gets its share; without this one pod gets all the traffic.
    'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
    'grpc.keepalive_time_ms': config.keepaliveTime,
    'grpc.keepalive_timeout_ms': config.keepaliveTimeout,
    'grpc.keepalive_permit_without_calls': 0,
    'grpc.max_send_message_length': config.maxMessageSize,
    'grpc.max_receive_message_length': config.maxMessageSize,
    // Calls wait for a server that starts or comes back. A refused connection costs next to nothing, so the back-off
    // stays short; it bounds how often a name is asked for after a failure as well.
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 500,
    // So are new ones: within the default, 30 s, both of two servers may have been replaced.
    'grpc.dns_min_time_between_resolutions_ms': 500,
    ...(serverName !== undefined && { 'grpc.ssl_target_name_override': serverName }),
  };
}
