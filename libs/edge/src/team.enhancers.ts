import { HttpValidationPipe } from '@app/http';
import type { CanActivate, NestInterceptor } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import { isForControllersOnly } from './controllers-only.decorator.js';
import { EdgeSetupError } from './edge.errors.js';

/** The global guards and interceptors of the app, in their order. */
export interface TeamEnhancers {
  readonly guards: readonly CanActivate[];
  readonly interceptors: readonly NestInterceptor[];
}

/** @throws EdgeSetupError for an enhancer that cannot run on generated routes */
export function enhancersOf(app: ApplicationConfig): TeamEnhancers {
  refuseScoped('guard', app.getGlobalRequestGuards());
  refuseScoped('interceptor', app.getGlobalRequestInterceptors());
  refuseScoped('exception filter', app.getGlobalRequestFilters());
  refuseScoped(
    'pipe',
    app.getGlobalRequestPipes().filter(({ metatype }) => !isMarked(metatype)),
  );
  for (const pipe of app.getGlobalPipes()) {
    // Nest skips an absent pipe too; a factory may return none on purpose.
    const type = (pipe as object | null | undefined)?.constructor;
    if (type && type !== HttpValidationPipe && !isMarked(type)) throw EdgeSetupError.pipe(type.name);
  }
  return {
    guards: app.getGlobalGuards().filter((guard) => typeof guard?.canActivate === 'function'),
    interceptors: app.getGlobalInterceptors().filter((each) => typeof each?.intercept === 'function'),
  };
}

function refuseScoped(
  kind: string,
  wrappers: readonly { readonly metatype: unknown; readonly name: unknown }[],
): void {
  const [first] = wrappers;
  if (!first) return;
  const { metatype, name } = first;
  throw EdgeSetupError.scopedEnhancer(kind, typeof metatype === 'function' ? metatype.name : String(name));
}

function isMarked(type: unknown): boolean {
  return typeof type === 'function' && isForControllersOnly(type);
}
