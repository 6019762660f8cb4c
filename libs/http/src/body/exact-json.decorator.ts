import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { routeOf } from '../route-config.js';

/**
 * For a route whose payload no schema describes. A body that would change when it is read is refused with 400
 * `MALFORMED_BODY`: a duplicate name, a number that a double cannot hold, or a payload nested deeper than 64.
 *
 *     @Post()
 *     @ExactJson()
 *     submit(@Body({ schema: z.strictObject({ payload: z.unknown() }) }) body: SubmitBody) { … }
 *
 * @publicApi
 */
export function ExactJson(): MethodDecorator {
  return RouteConfig({ exactJson: true });
}

/** Whether the route of a request has this decorator. */
export function isExact(request: FastifyRequest): boolean {
  return routeOf(request).config.exactJson === true;
}
