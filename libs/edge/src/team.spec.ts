import type { EchoItem } from '@app/contracts';
import { ACCESS, Public } from '@app/auth';
import { RequestContext } from '@app/context';
import { AppError, Status } from '@app/errors';
import { HttpValidationPipe } from '@app/http';
import {
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestInterceptor,
  type NestModule,
  type PipeTransform,
  Scope,
  ParseIntPipe,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, Reflector } from '@nestjs/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import {
  AS_ADMIN,
  EdgeFixture,
  type EdgeFixtureOptions,
  itemMethod,
  serviceOf,
} from '../../../test/support/apps/edge-fixture.js';
import { ControllersOnly } from './controllers-only.decorator.js';

const definition = serviceOf({
  get: itemMethod('Get', { route: { url: '/items/:key' } }),
  create: itemMethod('Create', { route: { url: '/items', method: 'POST' }, status: 201 }),
  audit: itemMethod('Audit', {
    route: { url: '/audit/:key' },
    access: { kind: 'signed-in', roles: ['admin'] },
  }),
  free: itemMethod('Free', {
    route: { url: '/free', bind: () => ({ key: 'free', count: 1 }), write: () => '{"n":1e400,"d":0.5}' },
  }),
});

@Injectable()
class Items {
  get(item: EchoItem): Promise<EchoItem> {
    if (item.key === 'none') throw soldOut();
    return Promise.resolve(item);
  }
  create(item: EchoItem): Promise<EchoItem> {
    return Promise.resolve(item);
  }
  audit(item: EchoItem): Promise<EchoItem> {
    return Promise.resolve({ ...item, key: RequestContext.current()?.principal?.id ?? '' });
  }
  free(item: EchoItem): Promise<EchoItem> {
    return Promise.resolve(item);
  }
}

function soldOut(): AppError {
  return new AppError({ reason: 'SOLD_OUT', status: Status.FAILED_PRECONDITION, message: 'Sold out.' });
}

/** What the guards, interceptors, filters and middleware of the team have seen, in order. */
const seen: unknown[] = [];

@Injectable()
class TeamGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { headers, params } = context.switchToHttp().getRequest<FastifyRequest>();
    const access = this.reflector.get<object | undefined>(ACCESS, context.getHandler());
    seen.push([context.getType(), context.getClass().name, context.getHandler().name, params, access]);
    await Promise.resolve();
    if (headers['x-guard'] === 'throw') throw soldOut();
    return headers['x-guard'] !== 'deny';
  }
}

@Injectable()
class Wrapper implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((data: unknown) => ({ data })));
  }
}

@Injectable()
class Second implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((item: object) => {
        void reply.header('x-second', 'yes');
        return { ...item, second: true };
      }),
    );
  }
}

@Catch()
@Injectable()
class TeamFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    seen.push(thrown instanceof AppError ? thrown.reason : (thrown as Error).constructor.name);
    const http = host.switchToHttp();
    const { url } = http.getRequest<FastifyRequest>();
    void http.getResponse<FastifyReply>().status(418).send({ team: url });
  }
}

@Controller()
class ClassicController {
  @Public()
  @Get('classic')
  read(): object {
    return { classic: true };
  }

  @Public()
  @Get('broken')
  fail(): never {
    throw soldOut();
  }
}

let edge: EdgeFixture | undefined;

async function start(more: Partial<EdgeFixtureOptions> = {}): Promise<EdgeFixture> {
  seen.length = 0;
  edge = await EdgeFixture.start({
    services: [{ definition, methods: Items }],
    controllers: [ClassicController],
    ...more,
  });
  return edge;
}

afterEach(async () => {
  await edge?.app.close();
  edge = undefined;
});

describe('a global guard of the team', () => {
  const providers = [{ provide: APP_GUARD, useClass: TeamGuard }];

  it('sees the service, the method, the parameters and the access rule', async () => {
    const { http } = await start({ providers });
    expect((await http.get('/items/a')).status).toBe(200);
    expect(seen).toEqual([['http', 'ItemsService', 'get', { key: 'a' }, { kind: 'public', roles: [] }]]);
  });

  it.each([
    ['deny', 403, 'PERMISSION_DENIED'],
    ['throw', 412, 'SOLD_OUT'],
  ])('may refuse a request: %s', async (guard, code, reason) => {
    const { http } = await start({ providers });
    const reply = await http.get('/items/a', { headers: { 'x-guard': guard } });
    expect(reply.json()).toMatchObject({ code, reason });
  });

  it('does not replace the access rule', async () => {
    const { http } = await start({ providers });
    expect((await http.get('/audit/a')).json()).toMatchObject({ reason: 'UNAUTHENTICATED' });
    expect((await http.get('/audit/a', { headers: AS_ADMIN })).json()).toMatchObject({ key: 'admin' });
  });

  it('runs when the app registers it itself', async () => {
    const { http } = await start({ prepare: (app) => app.useGlobalGuards(new TeamGuard(new Reflector())) });
    expect((await http.get('/items/a', { headers: { 'x-guard': 'deny' } })).status).toBe(403);
  });
});

describe('an interceptor', () => {
  it('of the app sees the reply as an object, and may replace it', async () => {
    const { http } = await start({ providers: [{ provide: APP_INTERCEPTOR, useClass: Wrapper }] });
    const reply = await http.post('/items', { key: 'a', count: 3 });
    expect([reply.status, reply.text]).toEqual([201, '{"data":{"key":"a","count":3}}']);
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8');
    expect((await http.get('/classic')).text).toBe('{"data":{"classic":true}}');
  });

  it('of one method runs inside those of the app, and on no other method', async () => {
    const { http } = await start({
      services: [{ definition, methods: Items, interceptors: { get: [Second] } }],
      prepare: (app) => app.useGlobalInterceptors(new Wrapper()),
    });
    const reply = await http.get('/items/a');
    expect([reply.text, reply.headers['x-second']]).toEqual([
      '{"data":{"key":"a","count":1,"second":true}}',
      'yes',
    ]);
    expect((await http.post('/items', { key: 'a', count: 3 })).text).toBe('{"data":{"key":"a","count":3}}');
  });

  it('keeps numbers that a double cannot hold', async () => {
    const { http } = await start({ prepare: (app) => app.useGlobalInterceptors(new Wrapper()) });
    expect((await http.get('/free')).text).toBe('{"data":{"n":1e400,"d":0.5}}');
  });
});

describe('a global exception filter of the team', () => {
  it.each([
    ['APP_FILTER', { providers: [{ provide: APP_FILTER, useClass: TeamFilter }] }],
    ['useGlobalFilters', { prepare: (app) => app.useGlobalFilters(new TeamFilter()) }],
  ] as [string, Partial<EdgeFixtureOptions>][])(
    'sees every error of a generated route: %s',
    async (_how, options) => {
      const guards = [{ provide: APP_GUARD, useClass: TeamGuard }];
      const { http } = await start({ ...options, providers: [...(options.providers ?? []), ...guards] });
      const requests = [
        http.get('/items/none'),
        http.post('/items', { key: 'a', count: 0 }),
        http.request('POST', '/items'),
        http.get('/audit/a'),
        http.get('/items/a', { headers: { 'x-guard': 'deny' } }),
      ];
      for (const request of requests) expect((await request).status).toBe(418);
      const reasons = seen.filter((each) => typeof each === 'string').toSorted();
      expect(reasons).toEqual([
        'ForbiddenException',
        'MALFORMED_BODY',
        'SOLD_OUT',
        'UNAUTHENTICATED',
        'VALIDATION_FAILED',
      ]);
      for (const path of ['/items/none', '/broken'])
        expect((await http.get(path)).json()).toEqual({ team: path });
    },
  );
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
  @Injectable({ scope: Scope.REQUEST })
  class ScopedGuard extends TeamGuard {}

  it.each([
    ['guard', APP_GUARD, ScopedGuard],
    ['interceptor', APP_INTERCEPTOR, Wrapper],
    ['exception filter', APP_FILTER, TeamFilter],
  ])('fails the start: %s', async (kind, provide, useClass) => {
    const provider = { provide, useClass, scope: Scope.REQUEST };
    await expect(start({ providers: [provider] })).rejects.toThrow(
      `The global ${kind} ${useClass.name} has the scope REQUEST or TRANSIENT`,
    );
  });
});

describe('what the app puts before its routes', () => {
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
