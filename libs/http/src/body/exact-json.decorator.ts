import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

/**
 * For a route whose body carries a payload that no schema describes: what reading it would change is refused with 400
 * `MALFORMED_BODY`: a name that is there twice, a number that a double cannot hold, nesting of the payload beyond 64.
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

/** Whether the route of a request is decorated so. */
export function isExact({ routeOptions }: FastifyRequest): boolean {
  return (routeOptions.config as { exactJson?: boolean }).exactJson === true;
}
