import { default as findMyWay, type HTTPMethod } from 'find-my-way';

/**
 * Whether a parameter of a route is empty, such as `id` of `/orders/:id` in `/orders/`. The router counts that as a
 * match, but `/orders/` is another address, which no route serves. A wildcard may be empty.
 */
export function hasEmptyParam(params: Readonly<Record<string, string | undefined>>): boolean {
  for (const name in params) if (params[name] === '' && name !== '*') return true;
  return false;
}

const handle = (): void => undefined;

/**
 * The methods that each address allows. They separate a wrong method (405) from an unknown address (404). The lookup
 * uses the same router library as the server, so both treat slashes, case and encoding alike.
 */
export class AllowedMethods {
  private readonly router: ReturnType<typeof findMyWay>;
  private readonly methods = new Set<HTTPMethod>();

  /** @param maxParamLength the same limit as the server's router, in characters */
  constructor(maxParamLength: number) {
    this.router = findMyWay({ maxParamLength });
  }

  /** @param template in Fastify's syntax: `/files/:id`, `/files/*` */
  add(template: string, methods: string | readonly string[]): void {
    for (const method of [methods].flat() as HTTPMethod[]) {
      if (this.router.hasRoute(method, template)) continue;
      this.router.on(method, template, handle);
      this.methods.add(method);
    }
  }

  at(path: string): string[] {
    return [...this.methods].filter((method) => this.answers(method, path)).sort();
  }

  private answers(method: HTTPMethod, path: string): boolean {
    const found = this.router.find(method, path);
    return found !== null && !hasEmptyParam(found.params);
  }
}
