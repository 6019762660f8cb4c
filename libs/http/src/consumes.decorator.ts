import { RouteConfig } from '@nestjs/platform-fastify';

/** The media type that a route accepts without `@Consumes`. */
export const DEFAULT_MEDIA_TYPE = 'application/json';

/**
 * Sets the media type of the bodies that a route accepts. Others are 415, before any of the body is read.
 *
 * @default application/json
 */
export function Consumes(mediaType: string): MethodDecorator {
  return RouteConfig({ consumes: mediaType });
}
