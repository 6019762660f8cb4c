import { type ModuleImport, walkModules } from '@app/config';
import type { Destination, QueueDefinition } from '@app/contracts';
import { type BrokerQueue, brokerQueuesOf, type RabbitMqFeature } from '@app/rabbitmq';
import type { DynamicModule, Type } from '@nestjs/common';
import { MODULE_METADATA } from '@nestjs/common/constants.js';
import { consumeOptionsOf } from '../consume/consume.decorator.js';

/** A queue of an app, with all the queues that it needs at the broker. @publicApi */
export interface DescribedQueue extends QueueDefinition {
  readonly brokerQueues: readonly BrokerQueue[];
}

/** The queues and exchanges that an app uses. @publicApi */
export interface AppTopology {
  /** Handled by a `@Consume` method. */
  readonly consumes: readonly DescribedQueue[];
  /** Named in `RabbitMqModule.forFeature`. */
  readonly declares: readonly (DescribedQueue | Exclude<Destination, QueueDefinition>)[];
}

/** Reads the queues of an app from its modules, without creating providers and without a broker. */
export async function describeTopology(root: ModuleImport): Promise<AppTopology> {
  const modules = await walkModules(root);
  const declared = modules.flatMap((module) =>
    'rabbitMqFeature' in module ? (module as RabbitMqFeature).rabbitMqFeature : [],
  );
  return {
    consumes: modules.flatMap(controllersOf).flatMap(consumedBy).map(describe),
    declares: [...new Set(declared)].map((each) => ('exchange' in each ? each : describe(each))),
  };
}

function describe(queue: QueueDefinition): DescribedQueue {
  return { ...queue, brokerQueues: brokerQueuesOf(queue) };
}

function controllersOf(module: Type | DynamicModule): Type[] {
  const dynamic = 'module' in module ? module : undefined;
  const own = Reflect.getMetadata(MODULE_METADATA.CONTROLLERS, dynamic?.module ?? module) as
    Type[] | undefined;
  return [...(own ?? []), ...(dynamic?.controllers ?? [])];
}

function consumedBy(controller: Type): QueueDefinition[] {
  const prototype = controller.prototype as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const method = Object.getOwnPropertyDescriptor(prototype, name)?.value as unknown;
    if (typeof method !== 'function') return [];
    const options = consumeOptionsOf(method);
    if (!options) return [];
    const { queue, retry = queue.retry } = options;
    return [{ ...queue, retry }];
  });
}
