import type { ServiceDefinition } from '@app/contracts';
import { GrpcClientModule } from '@app/grpc';
import { type Abstract, type DynamicModule, Module, type NestInterceptor, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { EdgeSetupError } from './edge.errors.js';
import type { EdgeServiceOptions } from './edge.options.js';
import { EdgeRouter } from './edge.router.js';
import type { Implementation, MountedService } from './mounted.service.js';

type Interceptor = Type<NestInterceptor> | NestInterceptor;

@Module({})
class EdgeServiceModule {}

/** The module of one service: its client, its providers, and the provider that mounts it. */
export function featureOf(
  router: Type<unknown>,
  options: EdgeServiceOptions,
  upstream: string | undefined,
): DynamicModule {
  const { definition, methods, imports = [], providers = [] } = options;
  const client = upstream === undefined ? undefined : (options.client ?? clientTokenOf(definition));
  const classes = Object.values(interceptorsOf(options)).flat().filter(isClass);
  const own = new Set([...(methods ? [methods] : []), ...classes]);
  const clients = client && upstream ? [GrpcClientModule.forFeature(upstream, { client, definition })] : [];
  return {
    module: EdgeServiceModule,
    imports: [router, ...clients, ...imports],
    providers: [
      ...providers,
      ...[...own].filter((type) => !providers.includes(type)),
      {
        provide: Symbol(definition.name),
        inject: [EdgeRouter, ModuleRef],
        useFactory: (edge: EdgeRouter, ref: ModuleRef) => edge.mount(() => mounted(options, client, ref)),
      },
    ],
  };
}

function mounted(
  options: EdgeServiceOptions,
  client: Abstract<unknown> | undefined,
  ref: ModuleRef,
): MountedService {
  const { definition, methods } = options;
  const interceptors = Object.entries(interceptorsOf(options)).map(([key, list]) => [
    key,
    list.map((each) => (isClass(each) ? singleton<NestInterceptor>(ref, each) : each)),
  ]);
  return {
    definition,
    client: client && ref.get<Implementation>(client, { strict: false }),
    methods: methods && singleton<Implementation>(ref, methods),
    interceptors: Object.fromEntries(interceptors) as MountedService['interceptors'],
  };
}

function singleton<T>(ref: ModuleRef, type: Type<unknown>): T {
  try {
    return ref.get<T>(type);
  } catch (error) {
    throw EdgeSetupError.scopedProvider(type.name, error);
  }
}

function interceptorsOf({ interceptors = {} }: EdgeServiceOptions): Record<string, readonly Interceptor[]> {
  return interceptors as Record<string, readonly Interceptor[]>;
}

function isClass(interceptor: Interceptor): interceptor is Type<NestInterceptor> {
  return typeof interceptor === 'function';
}

/** Each use has a client of its own, so its token is a class of its own, with a name for error messages. */
function clientTokenOf({ name }: ServiceDefinition): Abstract<unknown> {
  const tokens: Record<string, Type<object>> = { [`${name}Client`]: class {} };
  return tokens[`${name}Client`] ?? Object;
}
