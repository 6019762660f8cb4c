import type { ChannelOptions } from '@grpc/grpc-js';
import type { UpstreamConfig } from '../grpc.config.js';

/** Maps the configuration of an upstream to the channel options of grpc-js. */
export function channelOptions(config: UpstreamConfig): ChannelOptions {
  const serverName = config.tls?.serverName;
  return {
    // Balances over all addresses of a name. Without this, one pod receives all the traffic.
    'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
    'grpc.keepalive_time_ms': config.keepaliveTime,
    'grpc.keepalive_timeout_ms': config.keepaliveTimeout,
    'grpc.keepalive_permit_without_calls': 0,
    'grpc.max_send_message_length': config.maxMessageSize,
    'grpc.max_receive_message_length': config.maxMessageSize,
    // Calls wait for a server that starts or returns. A refused connection is cheap, so the back-off stays short.
    // It also limits how often a name is resolved after a failure.
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 500,
    // The default is 30 s. In that time both of two servers may have been replaced.
    'grpc.dns_min_time_between_resolutions_ms': 500,
    ...(serverName !== undefined && { 'grpc.ssl_target_name_override': serverName }),
  };
}
