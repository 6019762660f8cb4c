import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  EchoItem,
  type HttpEndpoint,
  type HttpInput,
  type HttpRoute,
  type MethodDefinition,
  type ServiceDefinition,
  validateEchoItem,
  type Violations,
} from '@app/contracts';
import { EdgeModule, type EdgeServiceOptions } from '@app/edge';
import { createHttpAdapter, httpConfig, httpTransport } from '@app/http';
import type { INestApplication, ModuleMetadata, Type } from '@nestjs/common';
import { HttpClient } from '../network/http-client.js';
import { given } from './given.js';

const TOKEN = 'a-token-of-an-operator-in-a-test';

/** Headers of the operator, whose roles are those of an admin. */
export const AS_ADMIN = { authorization: `Bearer ${TOKEN}` };

type Item = EchoItem;
type Route = HttpRoute<Item, Item>;
type Endpoint = HttpEndpoint<Item, Item>;

/** What a hand-written endpoint differs in from a public GET. */
export type EndpointChanges = Partial<Omit<Endpoint, 'routes'>> & { route: Partial<Route> & { url: string } };

/** An rpc from an `EchoItem` to another, with an endpoint written by hand as the generator would write it. */
export function itemMethod(
  name: string,
  { route, ...endpoint }: EndpointChanges,
  more: Partial<MethodDefinition<Item, Item>> = {},
): MethodDefinition<Item, Item> {
  const { url, method = 'GET' } = route;
  const hasBody = method !== 'GET' && method !== 'DELETE';
  const routes = [
    { method, template: url, hasBody, bind: hasBody ? bindBody : bindPath, write: writeItem, ...route },
  ];
  return {
    name,
    path: `/test.ItemsService/${name}`,
    requestStream: false,
    responseStream: false,
    idempotency: 'unknown',
    request: EchoItem,
    response: EchoItem,
    validate: validateEchoItem,
    http: { access: { kind: 'public', roles: [] }, status: 200, ...endpoint, routes },
    ...more,
  };
}

export function serviceOf(methods: ServiceDefinition['methods'], name = 'ItemsService') {
  return { name, fullName: `test.${name}`, methods } satisfies ServiceDefinition;
}

/** `key` of the path. Its count is valid. */
export function bindPath({ params }: HttpInput, caller: string | undefined): Item {
  const { key = '' } = params as { key?: string };
  return { key: key === 'me' ? (caller ?? '') : key, count: 1 };
}

/** `key` of the path or the body, `count` of the body. Others are unknown. */
export function bindBody({ params, body }: HttpInput, _caller: string | undefined, issues: Violations): Item {
  const { key = '' } = params as { key?: string };
  const item: Item = { key, count: key === '' ? 0 : 1 };
  for (const [name, value] of Object.entries((body ?? {}) as object)) {
    if (name === 'key' && typeof value === 'string') item.key = value;
    else if (name === 'count' && typeof value === 'number') item.count = value;
    else issues.push({ path: name, message: name === 'count' ? 'must be a number' : 'is not a known field' });
  }
  return item;
}

export function writeItem({ key, count }: Item): string {
  return JSON.stringify({ key, count });
}

export interface EdgeFixtureOptions {
  services: readonly EdgeServiceOptions[];
  upstream?: string;
  imports?: NonNullable<ModuleMetadata['imports']>;
  providers?: NonNullable<ModuleMetadata['providers']>;
  controllers?: Type[];
  settings?: Record<string, string>;
  /** Called before the app starts: `app.useGlobalGuards(…)`. */
  prepare?: (app: INestApplication) => void;
}

/** An HTTP server inside the test with generated routes. */
export class EdgeFixture {
  private constructor(
    readonly app: INestApplication,
    readonly http: HttpClient,
  ) {}

  static async start({ services, upstream, ...options }: EdgeFixtureOptions): Promise<EdgeFixture> {
    const { imports = [], providers = [], controllers = [], settings = {}, prepare } = options;
    const feature =
      upstream === undefined
        ? EdgeModule.forFeature(...services)
        : EdgeModule.forFeature(upstream, ...services);
    let created: INestApplication | undefined;
    const transport = {
      ...httpTransport,
      attach: (app: INestApplication) => {
        created = app;
        httpTransport.attach(app);
        prepare?.(app);
      },
    };
    const starting = given
      .app('gateway')
      .with(feature, ...imports)
      .providing(...providers)
      .controlledBy(...controllers)
      .through(createHttpAdapter(httpConfig.schema.parse({ port: 0 })))
      .configured({
        APP__HTTP__PORT: '0',
        APP__HTTP__HOST: '127.0.0.1',
        APP__AUTH__ADMIN_TOKEN: TOKEN,
        ...settings,
      })
      .serving(transport);
    // An app whose start fails has open connections too.
    const app = await starting.catch(async (error: unknown) => {
      await created?.close();
      throw error;
    });
    const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
    return new EdgeFixture(app, new HttpClient(`http://127.0.0.1:${port}`));
  }
}
