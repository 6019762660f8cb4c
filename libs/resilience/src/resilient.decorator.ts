import { copyMetadata } from '@app/telemetry';
import { Inject } from '@nestjs/common';
import { Resilience } from './resilience.js';

const RESILIENCE = Symbol('resilience');

type AsyncMethod = (...parameters: never[]) => Promise<unknown>;

/** @publicApi */
export interface ResilientOptions {
  /** Whether the method may be repeated. @default false */
  idempotent?: boolean;
}

/**
 * Runs a method of a provider through a policy, see `Policy.execute`. The method and its downstream calls find their
 * deadline and signal in `RequestContext.current()`.
 *
 * @publicApi
 */
export function Resilient(policy: string, options: ResilientOptions = {}) {
  return <T extends AsyncMethod>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<T>,
  ): void => {
    const method = descriptor.value;
    if (!method) throw new Error(`@Resilient() must be on a method, and ${String(key)} is not one.`);
    Inject(Resilience)(target, RESILIENCE);
    const resilient = function (
      this: { [RESILIENCE]?: Resilience },
      ...parameters: Parameters<T>
    ): Promise<unknown> {
      const resilience = this[RESILIENCE];
      if (!resilience)
        throw new Error(
          `${String(key)} is @Resilient(): let Nest create the object, or import ResilienceModule.`,
        );
      return resilience.policy(policy).execute(() => method.apply(this, parameters), options);
    };
    copyMetadata(method, resilient);
    descriptor.value = resilient as unknown as T;
  };
}
