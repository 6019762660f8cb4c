import type { Transport } from '@app/lifecycle';
import type { INestApplication } from '@nestjs/common';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { AmqpServer } from './amqp.server.js';

/** Consumes the queues of the app's `@Consume` handlers. The app imports `ConsumerModule`. */
export const amqpTransport: Transport = {
  name: 'amqp',
  attach(app: INestApplication): void {
    app.connectMicroservice<MicroserviceOptions>(
      { strategy: app.get(AmqpServer) },
      { inheritAppConfig: true },
    );
  },
};
