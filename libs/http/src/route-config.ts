import type { FastifyRequest } from 'fastify';

/** The settings of a route, in Fastify's `config`. `@Consumes` and `@ExactJson` set them for controllers. */
export interface HttpRouteConfig {
  /**
   * The media type of the bodies that the route accepts.
   * @default application/json
   */
  readonly consumes?: string;
  /**
   * Whether a body that parsing would change is refused.
   * @default false
   */
  readonly exactJson?: boolean;
  /**
   * How long the work may take, in milliseconds.
   * @default http.deadline
   */
  readonly deadlineMs?: number;
  /**
   * The label of the route in metrics, log and traces; of low cardinality.
   * @default the address of the route, as the router has it
   */
  readonly operation?: string;
}

/** The route that a request has reached. */
export interface ReachedRoute {
  /** Undefined when no route serves the address. */
  readonly url?: string | undefined;
  /** In bytes. */
  readonly bodyLimit?: number | undefined;
  readonly config: HttpRouteConfig;
}

/** The property of a request that holds its route. @internal */
export const ROUTE = Symbol('route');
type Carrier = FastifyRequest & { [ROUTE]?: ReachedRoute | undefined };

const NO_SETTINGS: HttpRouteConfig = {};
/** By the settings, of which Fastify has one object per route. */
const routes = new WeakMap<HttpRouteConfig, ReachedRoute>();

/**
 * The route of a request. Fastify creates its `routeOptions` at each access, so they are read once, and the requests of
 * a route share the result.
 */
export function routeOf(request: FastifyRequest): ReachedRoute {
  const carrier: Carrier = request;
  return (carrier[ROUTE] ??= reached(request.routeOptions));
}

function reached(options: FastifyRequest['routeOptions']): ReachedRoute {
  const config = (options.config as HttpRouteConfig | undefined) ?? NO_SETTINGS;
  const known = routes.get(config);
  if (known) return known;
  const route = { url: options.url, bodyLimit: options.bodyLimit, config };
  routes.set(config, route);
  return route;
}
