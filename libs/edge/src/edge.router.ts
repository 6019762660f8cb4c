import { AccessControl } from '@app/auth';
import type { HttpRoute } from '@app/contracts';
import { HttpErrorFilter, type HttpRouteConfig, HttpServer, VERB, verbConstraint } from '@app/http';
import { Injectable, type OnModuleInit, type Type } from '@nestjs/common';
import { type AbstractHttpAdapter, ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { EdgeSetupError } from './edge.errors.js';
import { Gate } from './gate.js';
import { classOf, targetOf } from './handler.target.js';
import { type MountedMethod, type MountedService, methodsOf } from './mounted.service.js';
import { RawVariables } from './raw.variables.js';
import { RequestReader } from './request.reader.js';
import { type RouteAddress, RouteAddresses } from './route.addresses.js';
import type { RouteParts } from './route.parts.js';
import { StreamRoute } from './stream.route.js';
import { type TeamEnhancers, enhancersOf } from './team.enhancers.js';
import { UnaryRoute } from './unary.route.js';

type Handler = (request: FastifyRequest, reply: FastifyReply) => void;

/** Everything that the routes of an app share. */
interface Surroundings {
  readonly adapter: AbstractHttpAdapter;
  readonly fastify: FastifyInstance;
  readonly addresses: RouteAddresses;
  readonly enhancers: TeamEnhancers;
}

/**
 * Registers the routes of all mounted services with Fastify: after the controllers, whose addresses they must not
 * repeat, and before Nest's handler for unknown addresses.
 */
@Injectable()
export class EdgeRouter implements OnModuleInit {
  private readonly services: (() => MountedService)[] = [];

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly app: ApplicationConfig,
    private readonly control: AccessControl,
    private readonly server: HttpServer,
    private readonly errors: HttpErrorFilter,
  ) {}

  /** @param service returns the service once its providers exist */
  mount(service: () => MountedService): void {
    this.services.push(service);
  }

  /** @throws EdgeSetupError when a route cannot be served as the app is set up */
  onModuleInit(): void {
    // A command, such as a migration, has no HTTP server.
    const adapter = this.host.httpAdapter as AbstractHttpAdapter | undefined;
    if (adapter?.getType() !== 'fastify') return;
    const around: Surroundings = {
      adapter,
      fastify: adapter.getInstance<FastifyInstance>(),
      addresses: new RouteAddresses(this.app),
      enhancers: enhancersOf(this.app),
    };
    for (const service of this.services) this.registerAll(around, service());
  }

  private registerAll(around: Surroundings, mounted: MountedService): void {
    const type = classOf(mounted.definition.name);
    for (const method of methodsOf(mounted)) {
      for (const route of method.endpoint.routes) {
        for (const address of around.addresses.of(route)) this.register(around, address, method, route, type);
      }
    }
  }

  private register(
    { fastify, adapter, addresses, enhancers }: Surroundings,
    address: RouteAddress,
    method: MountedMethod,
    route: HttpRoute,
    type: Type<object>,
  ): void {
    const name = `${method.service.name}.${method.definition.name}`;
    const { url, constraints } = address;
    const isVerb = VERB in constraints;
    if (isVerb && !fastify.hasConstraintStrategy(VERB)) fastify.addConstraintStrategy(verbConstraint());
    if (fastify.hasRoute({ method: route.method, url, constraints } as never)) {
      const other =
        this.server.handlerOf(route.method, url, isVerb ? route.verb : undefined) || 'another route';
      throw EdgeSetupError.duplicate(`${route.method} ${operationOf(route, address)}`, name, other);
    }
    const parts = this.partsOf(
      address,
      method,
      route,
      targetOf(type, method.key, method.endpoint.access),
      enhancers,
    );
    const handler = this.handlerOf(parts, adapter);
    Object.defineProperty(handler, 'name', { value: name });
    const version = addresses.headerVersion;
    // Tells the adapter in which header the version is.
    if (version !== undefined)
      adapter.applyVersionFilter(handler, version as never, this.app.getVersioning() as never);
    fastify.route({
      method: route.method as never,
      url,
      constraints,
      handler,
      config: configOf(method, route, address) as object,
    });
  }

  private handlerOf(parts: RouteParts, adapter: AbstractHttpAdapter): Handler {
    const { responseStream } = parts.method.definition;
    return responseStream
      ? new StreamRoute(parts, this.errors).handle
      : new UnaryRoute(parts, adapter).handle;
  }

  private partsOf(
    { base }: RouteAddress,
    method: MountedMethod,
    route: HttpRoute,
    target: RouteParts['target'],
    { guards, interceptors }: TeamEnhancers,
  ): RouteParts {
    const { endpoint, definition } = method;
    const shift = base.split('/').length - 1;
    return {
      method,
      route,
      gate: new Gate(endpoint, target, this.control, guards),
      reader: new RequestReader(endpoint, route, definition.validate),
      variables: route.variables && new RawVariables(route.variables, shift, route.verb !== undefined),
      base,
      target,
      interceptors: [...interceptors, ...method.interceptors],
    };
  }
}

function configOf(
  { endpoint: { deadlineMs } }: MountedMethod,
  route: HttpRoute,
  address: RouteAddress,
): HttpRouteConfig {
  return {
    operation: operationOf(route, address),
    ...(route.isExact && { exactJson: true }),
    ...(deadlineMs !== undefined && { deadlineMs }),
  };
}

/** The label of a route, of low cardinality: its address for the router, and its verb. */
function operationOf({ url, verb }: HttpRoute, { base }: RouteAddress): string {
  return verb === undefined ? base + url : `${base}${url}:${verb}`;
}
