export { type RedisConfig, redisConfig } from './redis.config.js';
export { RedisError, RedisUnavailableError } from './redis.errors.js';
export { RedisModule, type RedisModuleOptions } from './redis.module.js';
export { InjectRedis, type RedisRole } from './redis.role.js';
export { registerScript, type RedisScript, type RunScript } from './redis.script.js';
