import { type Access, ACCESS } from '@app/auth';
import type { Type } from '@nestjs/common';

/** What guards and interceptors of the team see in their `ExecutionContext` as the controller and its handler. */
export interface HandlerTarget {
  readonly instance: object;
  /** Its name is the key of the method: `batchGet`. It has the metadata of the access rule. */
  readonly callback: (...args: unknown[]) => unknown;
}

/** Creates a class with the name of a service, for `getClass()`. */
export function classOf(service: string): Type<object> {
  const classes: Record<string, Type<object>> = { [service]: class {} };
  return classes[service] ?? Object;
}

export function targetOf(type: Type<object>, key: string, access: Access): HandlerTarget {
  const callback = (): undefined => undefined;
  Object.defineProperty(callback, 'name', { value: key });
  Reflect.defineMetadata(ACCESS, access, callback);
  return { instance: new type(), callback };
}
