import { default as findMyWay, type HTTPMethod } from 'find-my-way';
import { VERB, verbConstraint, verbOf } from './verb.constraint.js';

/**
 * Whether a parameter of a route is empty, such as `id` of `/orders/:id` in `/orders/`. The router counts that as a
 * match, but `/orders/` is another address, which no route serves. A wildcard may be empty.
 */
export function hasEmptyParam(params: Readonly<Record<string, string | undefined>>): boolean {
  for (const name in params) if (params[name] === '' && name !== '*') return true;
  return false;
}

const handle = (): void => undefined;

/** A route as the server registers it. */
export interface AllowedRoute {
  /** In Fastify's syntax: `/files/:id`, `/files/*`. */
  readonly url: string;
  readonly method: string | readonly string[];
  /** The verb that the address must end with: `archive` of `/files/7:archive`. */
  readonly verb?: string | undefined;
  /** The handler's name, for error messages: `FilesController.get`. */
  readonly owner?: string;
}

/**
 * The methods that each address allows. They separate a wrong method (405) from an unknown address (404). The lookup
 * uses the same router library as the server, so both treat slashes, case and encoding alike.
 */
export class AllowedMethods {
  private readonly router: ReturnType<typeof findMyWay>;
  private readonly methods = new Set<HTTPMethod>();

  /** @param maxParamLength the same limit as the server's router, in characters */
  constructor(maxParamLength: number) {
    this.router = findMyWay({ maxParamLength, constraints: { [VERB]: verbConstraint() as never } });
  }

  add({ url, method, verb, owner }: AllowedRoute): void {
    const constraints = constraintsOf(verb);
    for (const each of [method].flat() as HTTPMethod[]) {
      if (this.router.hasRoute(each, url, constraints)) continue;
      this.router.on(each, url, { constraints }, handle, owner);
      this.methods.add(each);
    }
  }

  /** The handler's name of the route that serves this method, address and verb. */
  ownerOf(method: string, url: string, verb?: string): string | undefined {
    const route = this.router.findRoute(method as HTTPMethod, url, constraintsOf(verb)) as {
      store?: unknown;
    } | null;
    return typeof route?.store === 'string' ? route.store : undefined;
  }

  at(path: string): string[] {
    const verb = verbOf(path);
    return [...this.methods].filter((method) => this.answers(method, path, verb)).sort();
  }

  private answers(method: HTTPMethod, path: string, verb: string | undefined): boolean {
    const found = this.router.find(method, path, constraintsOf(verb));
    return found !== null && !hasEmptyParam(found.params);
  }
}

function constraintsOf(verb: string | undefined): Record<string, string> {
  return verb === undefined ? {} : { [VERB]: verb };
}
