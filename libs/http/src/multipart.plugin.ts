import { fastifyMultipart } from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';

const NAME = 'multipart without hooks';

/**
 * `@fastify/multipart` without what it hangs into every request of every route: asynchronous hooks of `onRequest` and
 * `onResponse` and a listener, 1 KiB of garbage each time, to delete the files of `saveRequestFiles`. Nothing here saves
 * files in the server; forms are read as streams, by Nest's `FileStreamInterceptor`.
 */
export function registerMultipart(fastify: FastifyInstance): void {
  const plugin = (root: FastifyInstance, options: object, done: (error?: Error) => void): void =>
    fastifyMultipart(
      Object.create(root, { addHook: { value: () => root } }) as FastifyInstance,
      options,
      done,
    );
  // On the instance itself, not in a scope of its own, as `fastify-plugin` marks it; Nest finds its decorators there.
  const marks = { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: NAME };
  void fastify.register(Object.assign(plugin, marks));
}
