import type { EchoItem, PathVariable } from '@app/contracts';
import { Metrics } from '@app/telemetry';
import { Controller, Get, VERSION_NEUTRAL, VersioningType } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  EdgeFixture,
  type EdgeFixtureOptions,
  itemMethod,
  serviceOf,
} from '../../../test/support/apps/edge-fixture.js';
import { MetricsPage } from '../../../test/support/assertions/metrics-page.js';

const multi: PathVariable = { name: 'key', from: 1, to: 3, isMulti: true };
const rest: PathVariable = { name: 'key', from: 1, to: undefined, isMulti: true };
const single: PathVariable = { name: 'key', from: 1, to: 2, isMulti: false };

const box = { url: '/boxes/items/:key', template: '/boxes/{key=items/*}', variables: [multi] };
const definition = serviceOf({
  get: itemMethod('Get', { route: box }),
  archive: itemMethod('Archive', { route: { ...box, verb: 'archive', method: 'POST' } }),
  peek: itemMethod('Peek', { route: { ...box, verb: 'peek' } }),
  tree: itemMethod('Tree', { route: { url: '/trees/*', template: '/trees/{key=**}', variables: [rest] } }),
  prune: itemMethod('Prune', {
    route: {
      url: '/trees/*',
      template: '/trees/{key=**}:prune',
      variables: [rest],
      verb: 'prune',
      method: 'POST',
    },
  }),
  touch: itemMethod('Touch', {
    route: { url: '/shelves/:key', variables: [single], verb: 'touch', method: 'POST' },
  }),
  count: itemMethod('Count', {
    route: { url: '/shelves::count', bind: () => ({ key: 'all', count: 1 }) },
  }),
  plain: itemMethod('Plain', { route: { url: '/plain/:key' }, location: ({ key }) => `/plain/${key}` }),
});

/** Answers with the name of the method and what it has received. */
class Items {
  get = named('get');
  archive = named('archive');
  peek = named('peek');
  tree = named('tree');
  prune = named('prune');
  touch = named('touch');
  count = named('count');
  plain = named('plain');
}

function named(method: string) {
  return (item: EchoItem): Promise<EchoItem> => Promise.resolve({ ...item, key: `${method} ${item.key}` });
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

describe('the address of a generated route', () => {
  it.each([
    ['GET', '/boxes/items/7', 'get items/7'],
    ['GET', '/boxes/items/a%2Fb%20c', 'get items/a%2Fb c'],
    ['GET', '/boxes/items/a%2fb', 'get items/a%2fb'],
    ['GET', '/boxes/items/7:peek', 'peek items/7'],
    ['GET', '/boxes/items/7:peek?x=:y', 'peek items/7'],
    ['GET', '/boxes/items/7%3Apeek', 'get items/7:peek'],
    ['GET', '/boxes/items/7:other', 'get items/7:other'],
    ['POST', '/boxes/items/7:archive', 'archive items/7'],
    ['POST', '/boxes/items/a:b:archive', 'archive items/a:b'],
    ['GET', '/trees/a', 'tree a'],
    ['GET', '/trees/a/b%2Fc/d', 'tree a/b%2Fc/d'],
    ['POST', '/trees/a/b:prune', 'prune a/b'],
    ['POST', '/shelves/a%2Fb:touch', 'touch a/b'],
    ['GET', '/shelves:count', 'count all'],
  ])('has the value of its variables: %s %s', async (method, path, key) => {
    const { http } = edge ?? (await start());
    expect((await http.request(method, path)).json()).toMatchObject({ key });
  });

  it('matches ** also without a segment', async () => {
    const { http } = await start();
    // The empty value reaches the rules of the message.
    for (const [method, path] of [
      ['GET', '/trees'],
      ['GET', '/trees/'],
      ['POST', '/trees:prune'],
    ])
      expect((await http.request(method ?? '', path ?? '')).json()).toMatchObject({
        reason: expect.stringMatching(/VALIDATION_FAILED|MALFORMED_BODY/),
      });
  });

  it('prefers a route of its own to an empty **', async () => {
    const own = serviceOf(
      {
        list: itemMethod('List', { route: { url: '/trees', bind: () => ({ key: 'all', count: 1 }) } }),
      },
      'ListService',
    );
    class Lists {
      list = named('list');
    }
    const { http } = await start({
      services: [
        { definition, methods: Items },
        { definition: own, methods: Lists },
      ],
    });
    expect((await http.get('/trees')).json()).toMatchObject({ key: 'list all' });
    expect((await http.get('/trees/a')).json()).toMatchObject({ key: 'tree a' });
  });

  it.each([
    ['POST', '/boxes/items/7:other', 405],
    ['PUT', '/boxes/items/7:archive', 405],
    ['GET', '/shelves/7:touch', 405],
    ['POST', '/shelves/7:other', 404],
    ['POST', '/shelves/7', 404],
    ['GET', '/shelves:other', 404],
  ])('is 404 for an unknown verb and 405 for another method: %s %s', async (method, path, status) => {
    const { http } = await start();
    expect((await http.request(method, path)).status).toBe(status);
  });

  it('has one label for all values, which contains the verb', async () => {
    const { http, app } = await start();
    for (const key of ['1', '2']) await http.request('POST', `/boxes/items/${key}:archive`);
    await http.get('/boxes/items/1');
    await http.get('/trees/a/b');
    await http.get('/shelves:count');
    const page = new MetricsPage((await app.get(Metrics, { strict: false }).expose()).body);
    const count = (method: string, route: string) =>
      page.sum('http_requests_total', { method, route, status: '200' });
    expect([
      count('POST', '/boxes/items/:key:archive'),
      count('GET', '/boxes/items/:key'),
      count('GET', '/trees/*'),
      count('GET', '/shelves:count'),
    ]).toEqual([2, 1, 1, 1]);
  });
});

describe('the app’s own addressing', () => {
  it('puts the global prefix before every route, except for the excluded ones', async () => {
    const { http } = await start({
      prepare: (app) => app.setGlobalPrefix('shop/v9', { exclude: ['plain/:key'] }),
    });
    expect((await http.get('/shop/v9/boxes/items/7')).json()).toMatchObject({ key: 'get items/7' });
    expect((await http.get('/shop/v9/trees/a/b')).json()).toMatchObject({ key: 'tree a/b' });
    expect((await http.get('/plain/7')).headers.location).toBe('/plain/plain 7');
    expect([(await http.get('/boxes/items/7')).status, (await http.get('/shop/v9/plain/7')).status]).toEqual([
      404, 404,
    ]);
  });

  it('puts the prefix into Location', async () => {
    const { http } = await start({ prepare: (app) => app.setGlobalPrefix('shop') });
    expect((await http.get('/shop/plain/7')).headers.location).toBe('/shop/plain/plain 7');
  });

  it('puts the default version into the path', async () => {
    const { http } = await start({
      prepare: (app) => {
        app.setGlobalPrefix('shop');
        app.enableVersioning({ type: VersioningType.URI, defaultVersion: ['1', VERSION_NEUTRAL] });
      },
    });
    for (const path of ['/shop/v1/boxes/items/7', '/shop/boxes/items/7'])
      expect((await http.get(path)).json()).toMatchObject({ key: 'get items/7' });
    expect((await http.get('/shop/v2/boxes/items/7')).status).toBe(404);
  });

  it.each([
    ['a header', { type: VersioningType.HEADER, header: 'x-version' }, { 'x-version': '1' }],
    ['the media type', { type: VersioningType.MEDIA_TYPE, key: 'v=' }, { accept: 'application/json;v=1' }],
    [
      'an extractor',
      {
        type: VersioningType.CUSTOM,
        extractor: (request: unknown) =>
          (request as { headers: Record<string, string> }).headers['x-mine'] ?? '',
      },
      { 'x-mine': '1' },
    ],
  ] as const)('reads the version from %s', async (_where, versioning, headers) => {
    const { http } = await start({
      prepare: (app) => app.enableVersioning({ ...versioning, defaultVersion: '1' }),
    });
    expect((await http.get('/boxes/items/7', { headers })).json()).toMatchObject({ key: 'get items/7' });
    expect((await http.get('/boxes/items/7:peek', { headers })).json()).toMatchObject({
      key: 'peek items/7',
    });
    expect((await http.get('/boxes/items/7')).status).toBe(404);
  });

  it('needs no version when the default is neutral', async () => {
    const { http } = await start({
      prepare: (app) =>
        app.enableVersioning({
          type: VersioningType.HEADER,
          header: 'x-version',
          defaultVersion: VERSION_NEUTRAL,
        }),
    });
    expect((await http.get('/boxes/items/7')).status).toBe(200);
  });
});

@Controller()
class PlainController {
  @Get('plain/:id')
  read(): string {
    return 'controller';
  }
}

describe('an address that is served twice', () => {
  it('is refused with the names of the controller and the rpc', async () => {
    await expect(start({ controllers: [PlainController] })).rejects.toThrow(
      'ItemsService.Plain and PlainController.read both serve GET /plain/:key.',
    );
  });

  it('is refused with the names of both services', async () => {
    const other = serviceOf(
      {
        same: itemMethod('Same', { route: { url: '/boxes/items/:other', verb: 'archive', method: 'POST' } }),
      },
      'OthersService',
    );
    class Others {
      same = named('same');
    }
    await expect(
      start({
        services: [
          { definition, methods: Items },
          { definition: other, methods: Others },
        ],
      }),
    ).rejects.toThrow(
      'OthersService.Same and ItemsService.Archive both serve POST /boxes/items/:other:archive.',
    );
  });
});
