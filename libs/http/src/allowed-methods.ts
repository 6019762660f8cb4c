import { default as findMyWay, type HTTPMethod } from 'find-my-way';

/**
 * Whether a parameter of a route is empty, as `id` of `/orders/:id` is in `/orders/`. The router counts that as a
 * match; for a reader it is another address, which nobody serves. A wildcard may be empty.
 */
export function hasEmptyParam(params: Readonly<Record<string, string | undefined>>): boolean {
  for (const name in params) if (params[name] === '' && name !== '*') return true;
  return false;
}

const handle = (): void => undefined;

/**
 * Knows which methods each address answers, so that a wrong method is told from an unknown address. It asks a router
 * of the kind that routes the requests: the two cannot disagree about slashes, case and encoding.
 */
export class AllowedMethods {
  private readonly router: ReturnType<typeof findMyWay>;
  private readonly methods = new Set<HTTPMethod>();

  /** @param maxParamLength as the routes have it, in characters */
  constructor(maxParamLength: number) {
    this.router = findMyWay({ maxParamLength });
  }

  /** @param template as Fastify has it: `/files/:id`, `/files/*` */
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
