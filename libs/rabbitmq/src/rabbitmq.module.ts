import { ConfigModule } from '@app/config';
import type { Destination } from '@app/contracts';
import { lifecycleConfig } from '@app/lifecycle';
import { type DynamicModule, Module } from '@nestjs/common';
import { SupervisedConsumers } from './consume/supervised-consumers.js';
import { ConfirmPublisher } from './publish/confirm.publisher.js';
import { rabbitmqConfig } from './rabbitmq.config.js';
import { RabbitMqConnections } from './rabbitmq.connections.js';
import { RabbitMqMetrics } from './rabbitmq.metrics.js';
import { RABBITMQ_OPTIONS, type RabbitMqOptions } from './rabbitmq.options.js';
import { QueueDepths } from './topology/queue-depths.js';
import { Topology } from './topology/topology.js';

/** The declarations of a slice, readable without creating the app. */
export interface RabbitMqFeature extends DynamicModule {
  readonly rabbitMqFeature: readonly Destination[];
}

/** The app's connection to RabbitMQ: topology, publishing with confirms, supervised consumers. */
@Module({})
export class RabbitMqModule {
  static forRoot(options: RabbitMqOptions = {}): DynamicModule {
    return {
      module: RabbitMqModule,
      global: true,
      imports: [ConfigModule.forFeature(rabbitmqConfig), ConfigModule.forFeature(lifecycleConfig)],
      providers: [
        { provide: RABBITMQ_OPTIONS, useValue: options },
        Topology,
        RabbitMqConnections,
        RabbitMqMetrics,
        ConfirmPublisher,
        SupervisedConsumers,
        QueueDepths,
      ],
      exports: [Topology, RabbitMqConnections, ConfirmPublisher, SupervisedConsumers],
    };
  }

  /** Declares the queues and exchanges to which a slice publishes. `@Consume` declares the queues that it consumes. */
  static forFeature(...queues: readonly Destination[]): RabbitMqFeature {
    const added = {
      provide: Symbol('queues'),
      useFactory: (topology: Topology) => topology.add(...queues),
      inject: [Topology],
    };
    return { module: RabbitMqFeatureModule, providers: [added], rabbitMqFeature: queues };
  }
}

@Module({})
class RabbitMqFeatureModule {}
