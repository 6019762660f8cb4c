import type { INestApplication } from '@nestjs/common';

/**
 * An entry point for work: HTTP, gRPC, AMQP. The lib of the transport implements it. `bootstrap` opens it after the app
 * has established every connection that it needs.
 *
 * @publicApi
 */
export interface Transport {
  readonly name: string;
  /** Prepares the app before its modules are initialised: hooks, pipes, the microservice of the transport. */
  attach(app: INestApplication): void;
  /** Starts to accept work, after `app.init()` and the start of the microservices. */
  open?(app: INestApplication): Promise<void>;
}
