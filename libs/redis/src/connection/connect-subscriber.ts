import { Redis } from 'ioredis';
import type { RedisServer } from '../redis.config.js';
import { reconnectDelay } from './reconnect-delay.js';
import { placeOf, type RedisTiming, serverOptions } from './redis.options.js';

/** A connection only for subscriptions. On a cluster it can use any node; each attempt tries the next one. */
export function connectSubscriber(server: RedisServer, timing: RedisTiming): Redis {
  const options = { ...serverOptions(server, timing), enableAutoPipelining: false, autoResubscribe: false };
  if (!server.clusterNodes) return new Redis(options);
  const places = [server.url, ...server.clusterNodes].map(placeOf);
  const client: Redis = new Redis({
    ...options,
    db: 0,
    retryStrategy: (attempt) => {
      Object.assign(client.options, places[attempt % places.length]);
      return reconnectDelay(attempt);
    },
  });
  return client;
}
