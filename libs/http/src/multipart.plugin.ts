import { fastifyMultipart } from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';

const NAME = 'multipart without hooks';

/**
 * `@fastify/multipart` without its hooks on every request. Its asynchronous `onRequest` and `onResponse` hooks and a
 * listener delete the files of `saveRequestFiles`, and cost 1 KiB of garbage per request. This project saves no files
 * on the server: Nest's `FileStreamInterceptor` reads forms as streams.
 */
export function registerMultipart(fastify: FastifyInstance): void {
  const plugin = (root: FastifyInstance, options: object, done: (error?: Error) => void): void =>
    fastifyMultipart(
      Object.create(root, { addHook: { value: () => root } }) as FastifyInstance,
      options,
      done,
    );
  // Registers on the instance itself, like `fastify-plugin`, not in its own scope. Nest expects its decorators there.
  const marks = { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: NAME };
  void fastify.register(Object.assign(plugin, marks));
}
