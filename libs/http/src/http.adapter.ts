import { FastifyAdapter } from '@nestjs/platform-fastify';
import { checkIntervalFor } from './connection/check-interval.js';
import type { HttpConfig } from './http.config.js';
import { answerRouterRefusal } from './router-refusal.js';

/** Longest path parameter; a counter's `resource_id` may have 128 characters, each written as `%XX`. */
export const MAX_PARAM_LENGTH = 1024;

/** Creates the Fastify adapter from the configuration. */
export function createHttpAdapter(config: HttpConfig): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: config.bodyLimit,
    trustProxy: config.trustProxy,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    requestTimeout: config.requestTimeout,
    keepAliveTimeout: config.keepAliveTimeout,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    http: {
      maxHeaderSize: config.maxHeaderSize + config.maxUrlLength,
      headersTimeout: config.headersTimeout,
      // Node compares both time-outs when it creates the server; Fastify would set this one only later.
      requestTimeout: config.requestTimeout,
      // Node checks both time-outs at this interval; its default is 30 s.
      connectionsCheckingInterval: checkIntervalFor(config.headersTimeout, config.requestTimeout),
      // Node would answer a missing host without a body; the request rules return a full error.
      requireHostHeader: false,
    },
    frameworkErrors: answerRouterRefusal,
  });
}
