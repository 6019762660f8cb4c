import type { HttpEndpoint, MethodDefinition, ServiceDefinition } from '@app/contracts';
import type { NestInterceptor } from '@nestjs/common';
import { EdgeSetupError } from './edge.errors.js';

/** The methods of a client or a provider, by their keys in the definition. */
export type Implementation = Readonly<Record<string, unknown>>;

/** Sends a request to whatever implements the method. */
export type Call = (request: unknown) => unknown;

/** A service with the instances that serve it. */
export interface MountedService {
  readonly definition: ServiceDefinition;
  /** The client of the upstream. */
  readonly client: Implementation | undefined;
  /** The provider of the slice, whose methods replace those of the client. */
  readonly methods: Implementation | undefined;
  readonly interceptors: Readonly<Record<string, readonly NestInterceptor[]>>;
}

/** One method of a service that HTTP serves. */
export interface MountedMethod {
  readonly service: ServiceDefinition;
  /** Its key in the definition: `batchGet`. */
  readonly key: string;
  readonly definition: MethodDefinition;
  readonly endpoint: HttpEndpoint;
  readonly call: Call;
  /** For a method with conditions: returns the current version of what a request changes. */
  readonly readVersion: ((request: unknown) => Promise<string | number>) | undefined;
  readonly interceptors: readonly NestInterceptor[];
}

/**
 * The methods of a service that have an HTTP endpoint.
 *
 * @throws EdgeSetupError when one cannot be served
 */
export function methodsOf(mounted: MountedService): MountedMethod[] {
  const { definition: service, interceptors } = mounted;
  const served = Object.entries(service.methods).flatMap(([key, definition]) =>
    definition.http ? [methodOf(mounted, key, definition, definition.http)] : [],
  );
  if (served.length === 0) throw EdgeSetupError.withoutEndpoint(service.name);
  checkMethods(mounted);
  for (const key of Object.keys(interceptors))
    if (!service.methods[key]?.http) throw EdgeSetupError.unknownMethod(service.name, key);
  return served;
}

function methodOf(
  mounted: MountedService,
  key: string,
  definition: MethodDefinition,
  endpoint: HttpEndpoint,
): MountedMethod {
  const { definition: service, interceptors } = mounted;
  if (definition.requestStream) throw EdgeSetupError.requestStream(service.name, definition.name);
  return {
    service,
    key,
    definition,
    endpoint,
    call: callOf(mounted, key, definition),
    readVersion: endpoint.condition && versionReader(mounted, definition, endpoint.condition),
    interceptors: interceptors[key] ?? [],
  };
}

function callOf(
  { definition, methods, client }: MountedService,
  key: string,
  { name }: MethodDefinition,
): Call {
  const target = typeof methods?.[key] === 'function' ? methods : client;
  const method = target?.[key];
  if (typeof method !== 'function') throw EdgeSetupError.notImplemented(definition.name, name, key);
  return method.bind(target) as Call;
}

function versionReader(
  mounted: MountedService,
  { name }: MethodDefinition,
  { readMethod, readRequest }: NonNullable<HttpEndpoint['condition']>,
) {
  const { definition: service } = mounted;
  const reader = service.methods[readMethod];
  const version = reader?.http?.version;
  if (!reader || !version) throw EdgeSetupError.withoutVersion(service.name, name, readMethod);
  const read = callOf(mounted, readMethod, reader);
  return async (request: unknown) => version(await read(readRequest(request)));
}

function checkMethods({ definition, methods }: MountedService): void {
  if (!methods) return;
  const isNamed = Object.keys(definition.methods).some((key) => typeof methods[key] === 'function');
  if (!isNamed) throw EdgeSetupError.implementsNothing(methods.constructor.name, definition.name);
}
