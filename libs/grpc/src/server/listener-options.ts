import type { ServerOptions } from '@grpc/grpc-js';
import type { GrpcConfig } from '../grpc.config.js';

/** How grpc-js names what the configuration says. */
export function listenerOptions(config: GrpcConfig): ServerOptions {
  const { maxConnectionAge, maxConnectionAgeGrace } = config;
  return {
    'grpc.max_receive_message_length': config.maxMessageSize,
    // The answer is measured before it is handed over, where the error can still say so.
    'grpc.max_send_message_length': -1,
    'grpc.keepalive_time_ms': config.keepaliveTime,
    'grpc.keepalive_timeout_ms': config.keepaliveTimeout,
    ...(maxConnectionAge !== undefined && { 'grpc.max_connection_age_ms': maxConnectionAge }),
    ...(maxConnectionAgeGrace !== undefined && { 'grpc.max_connection_age_grace_ms': maxConnectionAgeGrace }),
    // Counts that nobody reads here cost something with each message.
    'grpc.enable_channelz': 0,
  };
}
