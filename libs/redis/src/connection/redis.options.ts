import type { ConnectionOptions } from 'node:tls';
import type { ServiceUrl } from '@app/config';
import type { ClusterOptions, RedisOptions } from 'ioredis';
import type { RedisConfig, RedisServer } from '../redis.config.js';
import { reconnectDelay } from './reconnect-delay.js';
import { reconnectOnError } from './reconnect-on-error.js';

/** Configuration that applies to every connection. */
export type RedisTiming = Pick<RedisConfig, 'commandTimeout' | 'connectTimeout'>;

/** Options for replies in the format since ioredis 5, which is the default. */
export type LegacyOptions = RedisOptions & { replyMapping?: 'legacy' };

/** Options of every connection. */
function common({ commandTimeout, connectTimeout }: RedisTiming): LegacyOptions {
  return {
    commandTimeout,
    connectTimeout,
    // A suspended server, or a network that drops all packets, leaves the connection open.
    socketTimeout: commandTimeout,
    // The driver waits for the close of a connection that may be closed already; a short wait is enough.
    disconnectTimeout: 100,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // After a failover the old primary rejects writes; a reconnect finds the new one.
    reconnectOnError: reconnectOnError(),
  };
}

/** Options for one server, or for the primary that sentinels report. */
export function serverOptions(server: RedisServer, timing: RedisTiming): LegacyOptions {
  const database = Number(new URL(server.url.href).pathname.slice(1) || 0);
  return {
    ...common(timing),
    ...credentials(server),
    ...(server.sentinels ? behindSentinels(server, server.sentinels, timing) : placeOf(server.url)),
    db: database,
    tls: tlsOf(server),
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    retryStrategy: reconnectDelay,
  };
}

/** Options for the nodes of a cluster. */
export function clusterOptions(server: RedisServer, timing: RedisTiming): ClusterOptions {
  const tls = tlsOf(server);
  return {
    redisOptions: { ...common(timing), ...credentials(server), tls },
    enableAutoPipelining: true,
    clusterRetryStrategy: reconnectDelay,
    slotsRefreshTimeout: timing.connectTimeout,
    slotsRefreshInterval: 5000,
    // No resends by the driver: after a failover a command may have been executed; while a cluster is down it is
    // useless.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    // Certificates contain the names that the nodes announce.
    ...(tls && { dnsLookup: (host, resolved) => resolved(null, host) }),
  };
}

/** Host and port, as ioredis expects them. */
export function placeOf(url: ServiceUrl): { host: string; port: number } {
  const { hostname, port } = new URL(url.href);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6379) };
}

function behindSentinels(
  { url }: RedisServer,
  sentinels: readonly ServiceUrl[],
  { commandTimeout }: RedisTiming,
): LegacyOptions {
  const [first] = sentinels.map(({ href }) => new URL(href));
  const encrypted = first?.protocol === 'rediss:';
  return {
    name: new URL(url.href).hostname,
    sentinels: sentinels.map((sentinel) => ({
      ...placeOf(sentinel),
      port: Number(new URL(sentinel.href).port || 26379),
    })),
    sentinelUsername: first && decodeURIComponent(first.username),
    sentinelPassword: first && decodeURIComponent(first.password),
    ...(encrypted && { sentinelTLS: {} }),
    enableTLSForSentinelMode: url.href.startsWith('rediss:'),
    sentinelCommandTimeout: commandTimeout,
    sentinelRetryStrategy: reconnectDelay,
    failoverDetector: true,
    sentinelReconnectStrategy: reconnectDelay,
  };
}

function credentials({ url, password }: RedisServer): LegacyOptions {
  const { username, password: inUrl } = new URL(url.href);
  return {
    username: decodeURIComponent(username) || undefined,
    password: password?.reveal() ?? (decodeURIComponent(inUrl) || undefined),
  };
}

function tlsOf({ url, tls }: RedisServer): ConnectionOptions | undefined {
  if (!url.href.startsWith('rediss:')) return undefined;
  return { ca: tls?.ca, cert: tls?.cert, key: tls?.key?.reveal(), servername: tls?.serverName };
}
