import { Inject } from '@nestjs/common';

/** The use of a Redis server; one server can have both roles. */
export type RedisRole = 'state' | 'cache';

const TOKENS: Record<RedisRole, symbol> = { state: Symbol('redis state'), cache: Symbol('redis cache') };

export function redisToken(role: RedisRole): symbol {
  return TOKENS[role];
}

/** Injects the client of a role. For `*.store.ts` files and ports of libs; business code injects a port. */
export function InjectRedis(role: RedisRole): ParameterDecorator & PropertyDecorator {
  return Inject(redisToken(role));
}
