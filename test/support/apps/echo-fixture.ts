import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { RequestContext } from '@app/context';
import {
  type EchoRequest,
  type EchoResponse,
  EchoServiceClient,
  EchoServiceDefinition,
  type EchoServiceImplementation,
  type ValidEchoRequest,
} from '@app/contracts';
import { AppError, Status } from '@app/errors';
import { GrpcClientModule, grpcTransport, GrpcModule, GrpcService } from '@app/grpc';
import { Metrics } from '@app/telemetry';
import {
  Controller,
  type INestApplication,
  type INestApplicationContext,
  Injectable,
  type Type,
} from '@nestjs/common';
import { freePort } from '../network/free-port.js';
import { given } from './given.js';
import { MetricsPage } from '../assertions/metrics-page.js';

/** Controls the handlers of an `EchoServer`, and records their calls. */
@Injectable()
export class EchoScript {
  /** The abort reasons of the handlers that waited. */
  aborted: unknown[] = [];
  /** How many handlers of streams have run their `finally`. */
  returned = 0;
  waiting = 0;
  private finishing = Promise.withResolvers<void>();

  /** Clears the records. */
  reset(): void {
    Object.assign(this, { aborted: [], returned: 0, waiting: 0 });
    this.finishing = Promise.withResolvers<void>();
  }

  /** Releases all handlers that wait. */
  finish(): void {
    this.finishing.resolve();
  }

  /** Behaves as the request's name says. */
  async play(name: string): Promise<EchoResponse> {
    if (name === 'refuse') throw outOfStock();
    if (name === 'break') throw new Error('postgres://db-1 said no');
    if (name === 'wait') await this.wait();
    return answer(name);
  }

  private async wait(): Promise<void> {
    const signal = RequestContext.current()?.signal;
    if (!signal) throw new Error('a handler without a context');
    this.waiting += 1;
    await Promise.race([once(signal, 'abort'), this.finishing.promise]);
    if (signal.aborted) this.aborted.push(signal.reason);
    signal.throwIfAborted();
  }
}

/** Answers each request as its name says. A stream sends one response before that. */
@Controller()
@GrpcService(EchoServiceDefinition)
export class EchoController implements EchoServiceImplementation {
  constructor(protected readonly script: EchoScript) {}

  echo({ name }: EchoRequest): Promise<EchoResponse> {
    return this.script.play(name);
  }

  async *expand({ name }: EchoRequest): AsyncGenerator<EchoResponse> {
    try {
      yield answer('first');
      yield await this.script.play(name);
    } finally {
      this.script.returned += 1;
    }
  }

  async collect(requests: AsyncIterable<EchoRequest>): Promise<EchoResponse> {
    let last = '';
    for await (const { name } of requests) await this.script.play((last = name));
    return answer(last);
  }

  async *converse(requests: AsyncIterable<EchoRequest>): AsyncGenerator<EchoResponse> {
    try {
      for await (const { name } of requests) yield await this.script.play(name);
    } finally {
      this.script.returned += 1;
    }
  }
}

export function outOfStock(): AppError {
  const details = { left: 3 };
  return new AppError({
    reason: 'OUT_OF_STOCK',
    status: Status.FAILED_PRECONDITION,
    message: 'Three are left. Order less.',
    details,
  });
}

export function answer(key: string): EchoResponse {
  return { outcome: { $case: 'item', value: { key, count: 1 } } };
}

/** A valid request. */
export function request(name: string, payload = 'x'): ValidEchoRequest {
  return {
    id: randomUUID(),
    name,
    amount: 1,
    color: 1,
    at: new Date(),
    items: [{ key: payload, count: 1 }],
  };
}

/** A server of the EchoService and its client, each in its own app. */
export class EchoFixture {
  private constructor(
    readonly port: number,
    readonly server: INestApplication,
    readonly caller: INestApplicationContext,
  ) {}

  static async open(
    environment: Record<string, string> = {},
    controller: Type<EchoServiceImplementation> = EchoController,
  ): Promise<EchoFixture> {
    const port = await freePort();
    const server = await given
      .app('grpc-server')
      .with(GrpcModule, {
        module: EchoModule,
        controllers: [controller],
        providers: [EchoScript],
        exports: [EchoScript],
      })
      .configured({ APP__GRPC__PORT: String(port), APP__GRPC__HOST: '127.0.0.1', ...environment })
      .serving(grpcTransport);
    const caller = await given
      .app('gateway')
      .with(
        GrpcClientModule.forFeature('grpc-server', {
          client: EchoServiceClient,
          definition: EchoServiceDefinition,
        }),
      )
      .configured({
        APP__UPSTREAMS__GRPC_SERVER__ADDRESS: `127.0.0.1:${port}`,
        // Both sides share an event loop: when it is busy, the server must not look as if it hangs.
        APP__UPSTREAMS__GRPC_SERVER__KEEPALIVE_TIMEOUT: '20s',
        ...environment,
      })
      .start();
    return new EchoFixture(port, server, caller);
  }

  get client(): EchoServiceClient {
    return this.caller.get(EchoServiceClient);
  }

  get script(): EchoScript {
    return this.server.get(EchoScript);
  }

  async metrics(): Promise<MetricsPage> {
    return new MetricsPage((await this.server.get(Metrics).expose()).body);
  }

  async close(): Promise<void> {
    this.script.finish();
    await this.caller.close();
    await this.server.close();
  }
}

class EchoModule {}
