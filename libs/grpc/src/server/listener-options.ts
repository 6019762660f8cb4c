import type { ServerOptions } from '@grpc/grpc-js';
import type { GrpcConfig } from '../grpc.config.js';

/** Maps the configuration to the server options of grpc-js. */
export function listenerOptions(config: GrpcConfig): ServerOptions {
  const { maxConnectionAge, maxConnectionAgeGrace } = config;
  return {
    'grpc.max_receive_message_length': config.maxMessageSize,
    // The response is measured before it is passed to grpc-js, where the limit can still be reported as a typed error.
    'grpc.max_send_message_length': -1,
    'grpc.keepalive_time_ms': config.keepaliveTime,
    'grpc.keepalive_timeout_ms': config.keepaliveTimeout,
    ...(maxConnectionAge !== undefined && { 'grpc.max_connection_age_ms': maxConnectionAge }),
    ...(maxConnectionAgeGrace !== undefined && { 'grpc.max_connection_age_grace_ms': maxConnectionAgeGrace }),
    // Nothing reads channelz here, and its counters cost time with each message.
    'grpc.enable_channelz': 0,
  };
}
