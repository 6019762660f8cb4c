import type { Service } from './service.ts';
import { postgresService } from './services/postgres.service.ts';
import { rabbitmqService } from './services/rabbitmq.service.ts';
import { redisService } from './services/redis.service.ts';
import { s3Service } from './services/s3.service.ts';

/** All servers that the apps need. */
export const services: readonly Service[] = [postgresService, redisService, rabbitmqService, s3Service];
