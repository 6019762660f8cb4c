export {
  type CacheCodec,
  type CacheMessage,
  type CacheSchema,
  jsonCodec,
  messageCodec,
} from './cache/cache.codec.js';
export { CacheNamespaceTakenError } from './cache/cache.errors.js';
export { Cache, type CacheLoader, CacheNamespace, type CacheNamespaceOptions } from './cache/cache.js';
export { type MessageHandler, PubSub, type SubscribeOptions, type Subscription } from './pub-sub/pub-sub.js';
export { type RedisConfig, redisConfig } from './redis.config.js';
export { RedisError, RedisUnavailableError } from './redis.errors.js';
export { RedisModule, type RedisModuleOptions } from './redis.module.js';
export { InjectRedis, type RedisRole } from './redis.role.js';
export { registerScript, type RedisScript, type RunScript } from './redis.script.js';
export { answered } from './to-redis-error.js';
