import type { MethodDefinition, ServiceDefinition } from '@app/contracts';
import type { Abstract, ModuleMetadata, NestInterceptor, Type } from '@nestjs/common';

type MessageOf<Codec> = Codec extends { decode(input: Uint8Array): infer Message } ? Message : never;

type Reply<Method extends MethodDefinition> = Method['responseStream'] extends true
  ? AsyncIterable<MessageOf<Method['response']>>
  : Promise<MessageOf<Method['response']>>;

/** Methods of a service, as a provider implements them. */
export type EdgeMethods<Service extends ServiceDefinition> = string extends keyof Service['methods']
  ? object
  : {
      // Declared as a method, so that an implementation may require what the validator has checked.
      [Name in keyof Service['methods']]?: {
        method(request: MessageOf<Service['methods'][Name]['request']>): Reply<Service['methods'][Name]>;
      }['method'];
    };

/**
 * A service whose methods with `google.api.http` are served over HTTP.
 *
 * @publicApi
 */
export interface EdgeServiceOptions<Service extends ServiceDefinition = ServiceDefinition> {
  definition: Service;
  /** The generated class by which the providers inject the client of the upstream. @default they cannot */
  client?: Abstract<unknown>;
  /**
   * A provider that implements some of the methods, or all when there is no upstream. The module provides it.
   * @default every method is served by the upstream
   */
  methods?: Type<EdgeMethods<Service>>;
  /** Interceptors by method, after the global ones. The module provides the classes among them. @default none */
  interceptors?: {
    [Name in keyof Service['methods']]?: readonly (Type<NestInterceptor> | NestInterceptor)[];
  };
  /** Modules whose exports the providers inject. @default none */
  imports?: ModuleMetadata['imports'];
  /** Providers that `methods` and the interceptors inject. @default none */
  providers?: ModuleMetadata['providers'];
}

/** @publicApi */
export type EdgeService<Service extends ServiceDefinition = ServiceDefinition> =
  Service | EdgeServiceOptions<Service>;

/** Services with the methods and interceptors that each definition allows. */
export type CheckedServices<Services extends readonly EdgeService[]> = {
  [Index in keyof Services]: Services[Index] extends { definition: infer Service extends ServiceDefinition }
    ? EdgeServiceOptions<Service> & NoOther<Services[Index], keyof Service['methods']>
    : Services[Index];
};

/** Refuses interceptors of other methods than these. */
type NoOther<Options, Names> = Options extends { interceptors: infer Interceptors }
  ? { interceptors: { [Name in Exclude<keyof Interceptors, Names>]: never } }
  : unknown;

export function toOptions(service: EdgeService): EdgeServiceOptions {
  return 'definition' in service ? service : { definition: service };
}
