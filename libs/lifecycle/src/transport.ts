import type { INestApplication } from '@nestjs/common';

/**
 * A way for work to come into an app: HTTP, gRPC, AMQP. Each is implemented by the lib of its transport and
 * opened by `bootstrap`, after every connection that the app needs stands.
 *
 * @publicApi
 */
export interface Transport {
  readonly name: string;
  /** Prepares the app before its modules are initialised: hooks, pipes, the microservice of the transport. */
  attach(app: INestApplication): void;
  /** Starts to take work, once `app.init()` and the microservices are up. */
  open?(app: INestApplication): Promise<void>;
}
