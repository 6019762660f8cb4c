import { type Counter, CountersServiceClient } from '@app/contracts';
import { ValidationFailedError } from '@app/errors';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { IncrementBatcher } from '../../../../apps/gateway/src/counters/increment.batcher.js';

interface Key {
  resource_id: string;
  counter_type: string;
}

/**
 * The same operations registered with Fastify itself: the least that a route costs behind the hooks of the HTTP server.
 * Only a program written for this one route could be cheaper.
 */
@Injectable()
export class CountersRoutes implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly counters: CountersServiceClient,
    private readonly batcher: IncrementBatcher,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    fastify.post('/directly/counter/increment', (request, reply) => this.increment(request, reply));
    fastify.get('/directly/counter/:resource_id/:counter_type', (request, reply) =>
      this.read(request, reply),
    );
  }

  private increment({ body }: FastifyRequest, reply: FastifyReply): void {
    const { resource_id, counter_type, delta = 1 } = body as Key & { delta?: number };
    if (!isName(resource_id) || !isName(counter_type) || !Number.isInteger(delta) || delta === 0)
      return void reply.send(refusal());
    const request = { resourceId: resource_id, counterType: counter_type, delta };
    answer(reply, this.batcher.increment({ ...request, idempotencyKey: undefined, attemptKey: '' }));
  }

  private read({ params }: FastifyRequest, reply: FastifyReply): void {
    const { resource_id, counter_type } = params as Key;
    if (!isName(resource_id) || !isName(counter_type)) return void reply.send(refusal());
    answer(reply, this.counters.get({ resourceId: resource_id, counterType: counter_type }));
  }
}

function answer(reply: FastifyReply, counter: Promise<Counter>): void {
  counter.then(
    (value) => void reply.header('content-type', 'application/json; charset=utf-8').send(textOf(value)),
    (error: unknown) => void reply.send(error),
  );
}

function textOf({ resourceId, counterType, currentValue }: Counter): string {
  return `{"resource_id":${JSON.stringify(resourceId)},"counter_type":${JSON.stringify(counterType)},"current_value":${currentValue}}`;
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && /^[\w.:-]{1,128}$/.test(value);
}

function refusal(): ValidationFailedError {
  return ValidationFailedError.of([{ path: 'counter_type', message: 'is not a counter' }]);
}
