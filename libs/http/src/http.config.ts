import { type ConfigOf, defineConfig, duration, host, size } from '@app/config';
import { z } from 'zod';
import { proxyRange } from './proxy-range.js';

export const httpConfig = defineConfig('http', {
  schema: z
    .object({
      /** The default accepts connections from this machine only. */
      host: host().prefault('127.0.0.1'),
      port: z.number().int().min(0).max(65535),
      /** Largest body that is accepted; uploads have their own limit. */
      bodyLimit: size().prefault('1MiB'),
      /** Largest set of headers. */
      maxHeaderSize: size().prefault('16KiB'),
      /** Longest address, in bytes. */
      maxUrlLength: size().prefault('8KiB'),
      /** How long the work for one request may take; downstream calls get the remaining time. */
      deadline: duration({ min: '1ms' }).prefault('30s'),
      /** How long a client may take to send its headers. */
      headersTimeout: duration().prefault('10s'),
      /** How long a client may take to send a whole request, uploads included. */
      requestTimeout: duration().prefault('10m'),
      /** How long a client may take to send a body, uploads excepted. */
      bodyTimeout: duration({ min: '1ms' }).prefault('20s'),
      /** Lowest rate at which a client may send a body or an upload, in bytes per second. */
      minBodyRate: size().prefault('4KiB'),
      /** The length of each window in which that rate is measured. */
      bodyRateWindow: duration({ min: '1ms' }).prefault('8s'),
      /** Most memory that all arriving bodies may take together. */
      bodyBudget: size().prefault('64MiB'),
      /** How long a client may read its reply more slowly than `minReadRate`, before its connection is reset. */
      readGrace: duration({ min: '1s' }).prefault('15s'),
      /** Bytes per second that a client has to read while a reply waits for it. */
      minReadRate: size().prefault('8KiB'),
      /** How long an idle connection is kept; longer than any load balancer in front keeps it. */
      keepAliveTimeout: duration().prefault('75s'),
      /** Addresses of the proxies in front, whose `X-Forwarded-*` headers are trusted. */
      trustProxy: z.array(proxyRange()).default([]),
    })
    .refine(({ headersTimeout, requestTimeout }) => headersTimeout <= requestTimeout, {
      path: ['headersTimeout'],
      error: 'at most http.request_timeout',
    })
    .refine(({ bodyBudget, bodyLimit }) => bodyBudget >= bodyLimit, {
      path: ['bodyBudget'],
      error: 'at least http.body_limit',
    }),
  reloadable: ['deadline', 'readGrace', 'minReadRate'],
});

export type HttpConfig = ConfigOf<typeof httpConfig>;
