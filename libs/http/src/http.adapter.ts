import { FastifyAdapter } from '@nestjs/platform-fastify';
import { checkIntervalFor } from './connection/check-interval.js';
import type { HttpConfig } from './http.config.js';
import { answerRouterRefusal } from './router-refusal.js';

/** Longest path parameter; a counter's `resource_id` may have 128 characters, each written as `%XX`. */
export const MAX_PARAM_LENGTH = 1024;

/** Fastify as the gateway wants it. */
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
      // Node compares the two as it makes the server; Fastify would set this one only then.
      requestTimeout: config.requestTimeout,
      // Node enforces both time-outs only as often as it looks: each 30 s unless it is set.
      connectionsCheckingInterval: checkIntervalFor(config.headersTimeout, config.requestTimeout),
      // Without a host Node answers with nothing; the rules of a request say what is wrong.
      requireHostHeader: false,
    },
    frameworkErrors: answerRouterRefusal,
  });
}
