import { copyMetadata } from '@app/telemetry';
import { Inject } from '@nestjs/common';
import { TransactionHost, type TransactionOptions } from './transaction.host.js';

const HOST = Symbol('transaction host');

type AsyncMethod = (...parameters: never[]) => Promise<unknown>;

/**
 * Runs a method of a provider in a transaction, see `TransactionHost.run`. It is nested when one is open. Otherwise
 * it begins here, commits when the method resolves, and is rolled back when the method rejects.
 *
 * @publicApi
 */
export function Transactional(options: TransactionOptions = {}) {
  return <T extends AsyncMethod>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<T>,
  ): void => {
    const method = descriptor.value;
    if (!method) throw new Error(`@Transactional() stands on a method, which ${String(key)} is not.`);
    Inject(TransactionHost)(target, HOST);
    const transactional = function (
      this: { [HOST]?: TransactionHost },
      ...parameters: Parameters<T>
    ): Promise<unknown> {
      const host = this[HOST];
      if (!host)
        throw new Error(
          `${String(key)} is @Transactional(): let Nest create the object, or set up PostgresModule.`,
        );
      return host.run(() => method.apply(this, parameters), options);
    };
    copyMetadata(method, transactional);
    descriptor.value = transactional as unknown as T;
  };
}
