import { CONTROLLER_WATERMARK, INJECTABLE_WATERMARK } from '@nestjs/common/constants.js';
import { copyMetadata } from './copy-metadata.js';
import { isPromise } from './is-promise.js';
import type { Spans } from './spans.js';

/** The metadata keys with which Nest marks its classes. */
const MARKS = [INJECTABLE_WATERMARK, CONTROLLER_WATERMARK];

type Method = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Creates the `instanceDecorator` of Nest's `instrument` option. Every call from one provider or controller into
 * another that returns a promise has a span `Class.method`. Calls of a provider on itself have none. A method that
 * has returned no promise is not traced any more.
 *
 * @see https://docs.nestjs.com, `NestFactory.create(module, { instrument })`
 */
export function providerSpans(spans: Spans): (instance: unknown) => unknown {
  return (instance) => (isProvider(instance) ? surround(instance, spans) : instance);
}

function isProvider(instance: unknown): instance is object {
  if (typeof instance !== 'object' || instance === null) return false;
  const { constructor } = instance;
  return typeof constructor === 'function' && MARKS.some((mark) => Reflect.hasMetadata(mark, constructor));
}

function surround(instance: object, spans: Spans): object {
  const surrounded = new Map<PropertyKey, { method: Method; wrapped: Method }>();
  return new Proxy(instance, {
    // `this` is the instance itself inside its methods, so that private fields work and its own calls have no
    // spans.
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function' || key === 'constructor' || typeof key === 'symbol') return value;
      const known = surrounded.get(key);
      if (known?.method === value) return known.wrapped;
      const method = value as Method;
      const wrapped = withSpan(target, key, method, spans);
      copyMetadata(method, wrapped);
      surrounded.set(key, { method, wrapped });
      return wrapped;
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
}

function withSpan(target: object, key: string, method: Method, spans: Spans): Method {
  const name = `${target.constructor.name}.${key}`;
  let atOnce = false;
  return (...args) => {
    if (atOnce) return method.apply(target, args);
    return spans.run(name, {}, () => {
      const result = method.apply(target, args);
      atOnce = !isPromise(result);
      return result;
    });
  };
}
