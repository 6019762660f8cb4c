import type { HttpRoute } from '@app/contracts';
import { VERB } from '@app/http';
import { RequestMethod, VERSION_NEUTRAL, type VersioningOptions, VersioningType } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { RoutePathFactory } from '@nestjs/core/router/route-path-factory.js';

/** The version of a route, for Nest's adapter. */
export type Version = NonNullable<VersioningOptions['defaultVersion']>;

/** One address of a route, with the app's prefix and version. */
export interface RouteAddress {
  /** For Fastify's router. */
  readonly url: string;
  readonly constraints: Readonly<Record<string, unknown>>;
  /** What the app puts before the path of the template: `/shop/v1`, or nothing. */
  readonly base: string;
  /** Whether it is the address of an empty `**`, which another route may have too. That route precedes. */
  readonly isFallback: boolean;
}

/**
 * The addresses of generated routes. Nest's own factory adds the global prefix, with its exclusions, and the default
 * version, so they are those of a controller without a version.
 */
export class RouteAddresses {
  private readonly factory: RoutePathFactory;
  private readonly versioning: VersioningOptions | undefined;

  constructor(private readonly app: ApplicationConfig) {
    this.factory = new RoutePathFactory(app);
    this.versioning = app.getVersioning();
  }

  /** The version that the adapter checks in a header; undefined when there is none, or when the path has it. */
  get headerVersion(): Version | undefined {
    const version = this.versioning?.defaultVersion;
    return this.versioning?.type === VersioningType.URI || version === VERSION_NEUTRAL ? undefined : version;
  }

  of(route: HttpRoute): RouteAddress[] {
    return pathsOf(route).flatMap(({ path, isVerb, isFallback }) =>
      this.complete(route.method, path).map((url) => ({
        url,
        isFallback,
        base: url.slice(0, url.length - (path === '/' ? 0 : path.length)),
        constraints: {
          ...(this.headerVersion !== undefined && { version: this.headerVersion }),
          ...(isVerb && { [VERB]: route.verb }),
        },
      })),
    );
  }

  private complete(method: string, path: string): string[] {
    const prefix = this.app.getGlobalPrefix();
    const metadata = {
      methodPath: path,
      globalPrefix: prefix === '' || prefix.startsWith('/') ? prefix : `/${prefix}`,
      controllerVersion: this.versioning?.defaultVersion,
      versioningOptions: this.versioning,
    };
    return this.factory.create(metadata as never, RequestMethod[method as keyof typeof RequestMethod]);
  }
}

interface Path {
  readonly path: string;
  /** Whether the verb is a constraint of the router. */
  readonly isVerb: boolean;
  readonly isFallback: boolean;
}

/**
 * `verb` stands after a variable. There it is a constraint, since the router would read it as a part of the value. A
 * verb after a fixed text is in the address itself. A variable with `**` may also be empty.
 */
function pathsOf({ url, verb }: HttpRoute): Path[] {
  const own = { path: url, isVerb: verb !== undefined, isFallback: false };
  if (!url.endsWith('/*')) return [own];
  return [own, { path: withVerb(url.slice(0, -2), verb) || '/', isVerb: false, isFallback: true }];
}

/** The router reads two colons as one that is no parameter. */
function withVerb(path: string, verb: string | undefined): string {
  return verb === undefined ? path : `${path}::${verb}`;
}
