import { copyMetadata } from './copy-metadata.js';
import type { SpanOptions, Spans } from './spans.js';

/** The spans of each instance that has a traced method; empty when traces are off. */
const SPANS = new WeakMap<object, Spans>();
const TRACED = Symbol('traced');

type Method = (this: object, ...args: never[]) => unknown;

/**
 * Records a span for each call of a method, as a step of the current work. Without `name` it is `Class.method`. For a
 * method of a Nest provider or controller whose duration adds information to the spans of its calls, statements and
 * commands.
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

/** Creates the `instanceDecorator` of Nest's `instrument` option that lets traced methods record. */
export function tracedMethods(spans: Spans): (instance: unknown) => unknown {
  return (instance) => {
    if (typeof instance === 'object' && instance !== null && TRACED in instance) SPANS.set(instance, spans);
    return instance;
  };
}
