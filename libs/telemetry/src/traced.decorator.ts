import { copyMetadata } from './copy-metadata.js';
import type { SpanOptions, Spans } from './spans.js';

/** The spans of each instance that has a traced method; none where traces are off. */
const SPANS = new WeakMap<object, Spans>();
const TRACED = Symbol('traced');

type Method = (this: object, ...args: never[]) => unknown;

/**
 * Gives each call of a method a span, as a step of what runs: `Class.method` with no name of its own. For a method of a
 * provider or a controller of Nest whose time tells something that the spans of its calls, statements and commands do
 * not.
 *
 *     @Traced()
 *     async price(order: Order): Promise<Price> { … }
 *
 * @publicApi
 */
export function Traced(name?: string, options: SpanOptions = {}): MethodDecorator {
  return (target, key, descriptor: PropertyDescriptor) => {
    const method = descriptor.value as Method;
    const spanName = name ?? `${target.constructor.name}.${String(key)}`;
    const traced: Method = function (...args) {
      const spans = SPANS.get(this);
      return spans ? spans.run(spanName, options, () => method.apply(this, args)) : method.apply(this, args);
    };
    copyMetadata(method, traced);
    descriptor.value = traced;
    Object.defineProperty(target, TRACED, { value: true, configurable: true });
  };
}

/** Makes the `instanceDecorator` of Nest's `instrument` option that lets traced methods record. */
export function tracedMethods(spans: Spans): (instance: unknown) => unknown {
  return (instance) => {
    if (typeof instance === 'object' && instance !== null && TRACED in instance) SPANS.set(instance, spans);
    return instance;
  };
}
