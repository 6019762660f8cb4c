import type { EchoItem } from '@app/contracts';
import { ACCESS, Public } from '@app/auth';
import { RequestContext } from '@app/context';
import { AppError, Status } from '@app/errors';
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
  type NestInterceptor,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, Reflector } from '@nestjs/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import {
  AS_ADMIN,
  EdgeFixture,
  type EdgeFixtureOptions,
  itemMethod,
  serviceOf,
} from '../../../test/support/apps/edge-fixture.js';

const definition = serviceOf({
  get: itemMethod('Get', { route: { url: '/items/:key' } }),
  create: itemMethod('Create', { route: { url: '/items', method: 'POST' }, status: 201 }),
  audit: itemMethod('Audit', {
    route: { url: '/audit/:key' },
    access: { kind: 'signed-in', roles: ['admin'] },
  }),
  versioned: itemMethod('Versioned', { route: { url: '/versioned/:key' }, version: ({ count }) => count }),
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
  versioned(item: EchoItem): Promise<EchoItem> {
    return Promise.resolve(item);
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

  it('cannot give a body to a 304', async () => {
    const { http } = await start({ providers: [{ provide: APP_INTERCEPTOR, useClass: Wrapper }] });
    const { status, text, headers } = await http.get('/versioned/a', { headers: { 'if-none-match': '"1"' } });
    expect([status, text, headers.etag]).toEqual([304, '', '"1"']);
    expect([headers['content-length'], headers['content-type']]).toEqual([undefined, undefined]);
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
