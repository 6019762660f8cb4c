import type { ConnectionOptions } from 'node:tls';
import type { ServiceUrl } from '@app/config';
import type { ClusterOptions, RedisOptions } from 'ioredis';
import type { RedisConfig, RedisServer } from '../redis.config.js';
import { reconnectDelay } from './reconnect-delay.js';
import { reconnectOnError } from './reconnect-on-error.js';

/** What of the configuration holds for every connection. */
export type RedisTiming = Pick<RedisConfig, 'commandTimeout' | 'connectTimeout'>;

/** Replies in the shapes that they have had since version 5, which is the default. */
export type LegacyOptions = RedisOptions & { replyMapping?: 'legacy' };

/** What holds for every connection, to whatever server. */
function common({ commandTimeout, connectTimeout }: RedisTiming): LegacyOptions {
  return {
    commandTimeout,
    connectTimeout,
    // A server that was stopped, or a network that swallows everything, leaves the connection open.
    socketTimeout: commandTimeout,
    // The driver waits for the closing of a connection that may be closed already; nothing is lost with it.
    disconnectTimeout: 100,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // After a failover the old primary refuses to write; the next connection asks who it is now.
    reconnectOnError: reconnectOnError(),
  };
}

/** For one server, or the primary that the sentinels name. */
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

/** For the nodes of a cluster, and the places at which to ask for them. */
export function clusterOptions(server: RedisServer, timing: RedisTiming): ClusterOptions {
  const tls = tlsOf(server);
  return {
    redisOptions: { ...common(timing), ...credentials(server), tls },
    enableAutoPipelining: true,
    clusterRetryStrategy: reconnectDelay,
    slotsRefreshTimeout: timing.connectTimeout,
    slotsRefreshInterval: 5000,
    // Neither is sent a second time by the driver: the first may have been carried out, the second will not help.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    // Certificates are made out to the names that the nodes give themselves.
    ...(tls && { dnsLookup: (host, resolved) => resolved(null, host) }),
  };
}

/** Host and port, as ioredis wants them. */
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
