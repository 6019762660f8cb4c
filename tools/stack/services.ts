import type { Service } from './service.ts';
import { postgresService } from './services/postgres.service.ts';
import { rabbitmqService } from './services/rabbitmq.service.ts';
import { redisService } from './services/redis.service.ts';
import { s3Service } from './services/s3.service.ts';

/** Everything that the apps stand on. */
export const services: readonly Service[] = [postgresService, redisService, rabbitmqService, s3Service];
