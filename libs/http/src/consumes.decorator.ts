import { RouteConfig } from '@nestjs/platform-fastify';

/** What a route takes when it says nothing. */
export const DEFAULT_MEDIA_TYPE = 'application/json';

/**
 * The media type of the bodies that a route takes; others are 415, before anything of them is read.
 *
 * @default application/json
 */
export function Consumes(mediaType: string): MethodDecorator {
  return RouteConfig({ consumes: mediaType });
}
