import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const stack = parse(readFileSync('config/test.yaml', 'utf8')) as {
  postgres: { url: string };
  redis: { state: { url: string } };
  rabbitmq: { url: string };
  s3: { endpoint: string; access_key: string; secret_key: string };
};

/** The addresses of the test stack as variables, for apps that do not read config/test.yaml. */
export const STACK_ADDRESSES: Readonly<Record<string, string>> = {
  APP__POSTGRES__URL: stack.postgres.url,
  APP__REDIS__STATE__URL: stack.redis.state.url,
  APP__RABBITMQ__URL: stack.rabbitmq.url,
  APP__S3__ENDPOINT: stack.s3.endpoint,
  APP__S3__ACCESS_KEY: stack.s3.access_key,
  APP__S3__SECRET_KEY: stack.s3.secret_key,
};
