import { type ConfigOf, defineConfig, duration, host, size } from '@app/config';
import { z } from 'zod';
import { proxyRange } from './proxy-range.js';

export const httpConfig = defineConfig('http', {
  schema: z
    .object({
      /** Where nobody says it, only this machine reaches the app. */
      host: host().prefault('127.0.0.1'),
      port: z.number().int().min(0).max(65535),
      /** Largest body that is taken in; uploads have a limit of their own. */
      bodyLimit: size().prefault('1MiB'),
      /** Largest set of headers. */
      maxHeaderSize: size().prefault('16KiB'),
      /** Longest address, in bytes. */
      maxUrlLength: size().prefault('8KiB'),
      /** How long the work for one request may take; downstream calls get what is left of it. */
      deadline: duration({ min: '1ms' }).prefault('30s'),
      /** How long a client may take to send its headers. */
      headersTimeout: duration().prefault('10s'),
      /** How long a client may take to send a whole request, uploads included. */
      requestTimeout: duration().prefault('10m'),
      /** How long a client may take to send a body, uploads excepted. */
      bodyTimeout: duration({ min: '1ms' }).prefault('20s'),
      /** Lowest rate at which a client may send a body or an upload, in bytes a second. */
      minBodyRate: size().prefault('4KiB'),
      /** Over which time that rate is measured, again and again. */
      bodyRateWindow: duration({ min: '1ms' }).prefault('8s'),
      /** Most memory that the bodies which are arriving may take together. */
      bodyBudget: size().prefault('64MiB'),
      /** How long a client may read its reply below `minReadRate`, before its connection is cut. */
      readGrace: duration({ min: '1s' }).prefault('15s'),
      /** Bytes a second that a client has to read, while a reply waits for it. */
      minReadRate: size().prefault('8KiB'),
      /** How long an unused connection is kept; longer than any balancer in front keeps it. */
      keepAliveTimeout: duration().prefault('75s'),
      /** Addresses of the proxies in front, whose `X-Forwarded-*` headers are believed. */
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
