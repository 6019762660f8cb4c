import type { EchoItem } from '@app/contracts';
import { HttpValidationPipe } from '@app/http';
import {
  type MiddlewareConsumer,
  Module,
  type NestModule,
  ParseIntPipe,
  type PipeTransform,
  Scope,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import {
  EdgeFixture,
  type EdgeFixtureOptions,
  itemMethod,
  serviceOf,
} from '../../../test/support/apps/edge-fixture.js';
import { ControllersOnly } from './controllers-only.decorator.js';

const definition = serviceOf({
  get: itemMethod('Get', { route: { url: '/items/:key' } }),
  free: itemMethod('Free', { route: { url: '/free', bind: () => ({ key: 'free', count: 1 }) } }),
});

class Items {
  get(item: EchoItem): Promise<EchoItem> {
    if (item.key === 'none') throw new Error('none');
    return Promise.resolve(item);
  }
  free(item: EchoItem): Promise<EchoItem> {
    return Promise.resolve(item);
  }
}

let edge: EdgeFixture | undefined;

async function start(more: Partial<EdgeFixtureOptions> = {}): Promise<EdgeFixture> {
  edge = await EdgeFixture.start({ services: [{ definition, methods: Items }], ...more });
  return edge;
}

afterEach(async () => {
  await edge?.app.close();
  edge = undefined;
});

describe('a global pipe', () => {
  @ControllersOnly()
  class MarkedPipe implements PipeTransform {
    transform(value: unknown): unknown {
      return value;
    }
  }

  it('fails the start, because no parameter passes it', async () => {
    await expect(start({ prepare: (app) => app.useGlobalPipes(new ParseIntPipe()) })).rejects.toThrow(
      'The global pipe ParseIntPipe cannot run on generated routes, because they have no parameters. Put @ControllersOnly()',
    );
    class OwnPipe extends HttpValidationPipe {}
    await expect(start({ providers: [{ provide: APP_PIPE, useClass: OwnPipe }] })).rejects.toThrow('OwnPipe');
  });

  it('is accepted when it is meant for controllers alone', async () => {
    const { http } = await start({ prepare: (app) => app.useGlobalPipes(new MarkedPipe()) });
    expect((await http.get('/items/a')).status).toBe(200);
  });
});

describe('a global enhancer with a scope', () => {
  class Scoped {}

  it.each([
    ['guard', APP_GUARD],
    ['interceptor', APP_INTERCEPTOR],
    ['exception filter', APP_FILTER],
    ['pipe', APP_PIPE],
  ])('fails the start: %s', async (kind, provide) => {
    const provider = { provide, useClass: Scoped, scope: Scope.REQUEST };
    await expect(start({ providers: [provider] })).rejects.toThrow(
      `The global ${kind} Scoped has the scope REQUEST or TRANSIENT`,
    );
  });
});

describe('what the app puts before its routes', () => {
  const seen: string[] = [];

  @Module({})
  class WithMiddleware implements NestModule {
    configure(consumer: MiddlewareConsumer): void {
      const middleware = (request: { originalUrl: string }, _reply: unknown, next: () => void) => {
        seen.push(request.originalUrl);
        next();
      };
      consumer.apply(middleware).forRoutes('items/*path');
    }
  }

  it('includes middleware', async () => {
    const { http } = await start({ imports: [WithMiddleware] });
    await http.get('/items/a');
    await http.get('/free');
    expect(seen).toEqual(['/items/a']);
  });

  it('includes CORS', async () => {
    const { http } = await start({ prepare: (app) => app.enableCors({ origin: 'https://shop.example' }) });
    const headers = { origin: 'https://shop.example' };
    expect((await http.get('/items/a', { headers })).headers).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
    });
    const preflight = await http.request('OPTIONS', '/items/a', {
      headers: { ...headers, 'access-control-request-method': 'GET' },
    });
    expect([preflight.status, preflight.headers['access-control-allow-methods']]).toEqual([
      204,
      expect.any(String),
    ]);
    expect((await http.get('/items/none', { headers })).headers).toHaveProperty(
      'access-control-allow-origin',
    );
  });

  it('includes hooks of Fastify', async () => {
    const { http } = await start({
      prepare: (app) => {
        const fastify = app.getHttpAdapter().getInstance() as FastifyInstance;
        fastify.addHook('onSend', (_request, reply, _payload, done) => {
          void reply.header('x-hook', 'yes');
          done();
        });
      },
    });
    expect((await http.get('/items/a')).headers['x-hook']).toBe('yes');
  });
});
