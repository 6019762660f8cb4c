import {
  type EchoItem,
  type EchoRequest,
  type EchoResponse,
  EchoServiceDefinition,
  type ValidEchoRequest,
} from '@app/contracts';
import { Injectable, type NestInterceptor, Scope } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { EdgeFixture, itemMethod, serviceOf } from '../../../test/support/apps/edge-fixture.js';
import { EdgeModule } from './edge.module.js';
import type { EdgeServiceOptions } from './edge.options.js';

const get = itemMethod('Get', { route: { url: '/items/:key' } });
const condition = { readMethod: 'get', readRequest: (item: EchoItem) => item, expect: () => undefined };
const update = itemMethod('Update', { route: { url: '/items/:key', method: 'PATCH' }, condition });

class GetOnly {
  get(item: EchoItem): Promise<EchoItem> {
    return Promise.resolve(item);
  }
}

@Injectable({ scope: Scope.REQUEST })
class ScopedGet extends GetOnly {}

class Both extends GetOnly {
  update(item: EchoItem): Promise<EchoItem> {
    return Promise.resolve(item);
  }
}

class Other {
  find(): undefined {
    return undefined;
  }
}

const interceptor = {} as NestInterceptor;

describe('the start of an app with generated routes', () => {
  it.each([
    [
      'a service without an endpoint',
      { definition: serviceOf({ get: { ...get, http: undefined } as never }), methods: GetOnly },
      'ItemsService has no HTTP endpoint. Annotate its methods',
    ],
    [
      'a method that nothing implements',
      { definition: serviceOf({ get, update: { ...update, http: get.http } as never }), methods: GetOnly },
      'Nothing implements ItemsService.Update. Add the method "update"',
    ],
    [
      'a service without an implementation',
      { definition: serviceOf({ get }) },
      'Nothing implements ItemsService.Get.',
    ],
    [
      'a provider of other methods',
      { definition: serviceOf({ get }), methods: Other },
      'Nothing implements ItemsService.Get.',
    ],
    [
      'a provider with a scope',
      { definition: serviceOf({ get }), methods: ScopedGet },
      'ScopedGet serves generated routes, so it must be a singleton.',
    ],
    [
      'an interceptor of an unknown method',
      { definition: serviceOf({ get }), methods: GetOnly, interceptors: { list: [interceptor] } },
      '"interceptors" names list, which ItemsService does not serve over HTTP.',
    ],
    [
      'conditions without a version to compare with',
      { definition: serviceOf({ get, update }), methods: Both },
      'ItemsService.Update has conditions, and its read method "get" has no version.',
    ],
    [
      'a stream of requests',
      { definition: serviceOf({ get: { ...get, requestStream: true } }), methods: GetOnly },
      'ItemsService.Get reads a stream of requests',
    ],
  ] satisfies [string, EdgeServiceOptions, string][])('fails for %s', async (_what, service, message) => {
    await expect(EdgeFixture.start({ services: [service] })).rejects.toThrow(message);
  });

  it('fails for a provider that implements none of the methods, even with an upstream', async () => {
    const service = { definition: serviceOf({ get }), methods: Other };
    await expect(EdgeFixture.start({ upstream: 'grpc-server', services: [service] })).rejects.toThrow(
      'Other implements no method of ItemsService.',
    );
  });
});

class EchoPart {
  readonly other = 1;

  echo(request: ValidEchoRequest): Promise<EchoResponse> {
    return Promise.reject(new Error(request.name));
  }
}

class WrongReply {
  echo(request: EchoRequest): Promise<EchoRequest> {
    return Promise.resolve(request);
  }
}

describe('the options of a service', () => {
  it('know the methods of its definition', () => {
    const definition = EchoServiceDefinition;
    const accepted = [
      EdgeModule.forFeature('worker', definition),
      EdgeModule.forFeature(
        'worker',
        { definition, methods: EchoPart, interceptors: { expand: [] } },
        definition,
      ),
      EdgeModule.forFeature({ definition, methods: EchoPart }),
      // @ts-expect-error: the definition has no method of this name
      EdgeModule.forFeature('worker', { definition, interceptors: { expend: [] } }),
      // @ts-expect-error: the reply is another message
      EdgeModule.forFeature('worker', { definition, methods: WrongReply }),
      // @ts-expect-error: it has none of the methods
      EdgeModule.forFeature('worker', definition, { definition, methods: Other }),
    ];
    expect(accepted).toHaveLength(6);
  });
});
