import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { paths } from '../workspace/paths.ts';

export const serviceNames = ['postgres', 'redis', 'rabbitmq', 's3'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** One of the two stacks of a clone, with its own ports, data and processes. */
export interface StackProfile {
  readonly name: 'dev' | 'test';
  readonly ports: Readonly<Record<ServiceName, number>>;
  /** RabbitMQ's port for other nodes and its command line tools, instead of an epmd. */
  readonly distributionPort: number;
  readonly folder: string;
  /** Marks every process of this stack, so that all of them can be found. */
  readonly owner: string;
  /** Whether data must survive a power failure. Data of tests must survive only a killed server. */
  readonly durable: boolean;
}

function profile(name: 'dev' | 'test', ports: StackProfile['ports']): StackProfile {
  const clone = createHash('sha256').update(paths.root).digest('hex').slice(0, 10);
  return {
    name,
    ports,
    distributionPort: ports.rabbitmq + 1,
    folder: resolve(paths.stackFolder, name),
    owner: `${clone}-${name}`,
    durable: name === 'dev',
  };
}

export const profiles = {
  dev: profile('dev', { postgres: 15432, redis: 16379, rabbitmq: 15673, s3: 19000 }),
  test: profile('test', { postgres: 25432, redis: 26379, rabbitmq: 25673, s3: 29000 }),
};
