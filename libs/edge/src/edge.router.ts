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

/** One address of one method. */
interface EdgeRoute {
  readonly method: MountedMethod;
  readonly route: HttpRoute;
  readonly address: RouteAddress;
  /** The class for `getClass()`. */
  readonly type: Type<object>;
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
    if (adapter?.getType() !== 'fastify' || this.services.length === 0) return;
    const around: Surroundings = {
      adapter,
      fastify: adapter.getInstance<FastifyInstance>(),
      addresses: new RouteAddresses(this.app),
      enhancers: enhancersOf(this.app),
    };
    const routes = this.services.flatMap((service) => routesOf(around.addresses, service()));
    for (const route of routes.filter(({ address }) => !address.isFallback)) this.register(around, route);
    for (const route of routes.filter(({ address }) => address.isFallback))
      if (!isServed(around.fastify, route)) this.register(around, route);
  }

  private register(around: Surroundings, edgeRoute: EdgeRoute): void {
    const { fastify, adapter, addresses } = around;
    const { method, route, address } = edgeRoute;
    const { url, constraints } = address;
    const name = `${method.service.name}.${method.definition.name}`;
    const isVerb = VERB in constraints;
    if (isVerb && !fastify.hasConstraintStrategy(VERB)) fastify.addConstraintStrategy(verbConstraint());
    if (isServed(fastify, edgeRoute)) {
      const other = this.server.handlerOf(route.method, url, isVerb ? route.verb : undefined);
      const place = `${route.method} ${operationOf(route, address)}`;
      throw EdgeSetupError.duplicate(place, name, other || 'another route');
    }
    const handler = this.handlerOf(this.partsOf(edgeRoute, around.enhancers), adapter);
    Object.defineProperty(handler, 'name', { value: name });
    const version = addresses.headerVersion;
    const versioning = this.app.getVersioning();
    // Tells the adapter where a request has its version.
    if (version !== undefined && versioning) adapter.applyVersionFilter(handler, version, versioning);
    const config = configOf(edgeRoute) as object;
    fastify.route({ method: route.method, url, constraints, handler, config });
  }

  private handlerOf(parts: RouteParts, adapter: AbstractHttpAdapter): Handler {
    const { responseStream } = parts.method.definition;
    return responseStream
      ? new StreamRoute(parts, this.errors).handle
      : new UnaryRoute(parts, adapter).handle;
  }

  private partsOf(
    { address: { base }, method, route, type }: EdgeRoute,
    { guards, interceptors }: TeamEnhancers,
  ): RouteParts {
    const { endpoint, definition } = method;
    const target = targetOf(type, method.key, endpoint.access);
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

function routesOf(addresses: RouteAddresses, mounted: MountedService): EdgeRoute[] {
  const type = classOf(mounted.definition.name);
  return methodsOf(mounted).flatMap((method) =>
    method.endpoint.routes.flatMap((route) =>
      addresses.of(route).map((address) => ({ method, route, address, type })),
    ),
  );
}

function isServed(
  fastify: FastifyInstance,
  { route: { method }, address: { url, constraints } }: EdgeRoute,
): boolean {
  return fastify.hasRoute({ method, url, constraints });
}

function configOf({ method, route, address }: EdgeRoute): HttpRouteConfig {
  const { deadlineMs } = method.endpoint;
  return {
    operation: operationOf(route, address),
    ...(route.isExact && { exactJson: true }),
    ...(deadlineMs !== undefined && { deadlineMs }),
  };
}

/** The label of a route, of low cardinality: its address for the router, and its verb. */
function operationOf({ url, verb }: HttpRoute, { base }: RouteAddress): string {
  const address = base + url.replaceAll('::', ':');
  return verb === undefined ? address : `${address}:${verb}`;
}
