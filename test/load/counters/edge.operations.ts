import type { Generator, Session } from '../generator/generator.js';
import type { PlannedRequest } from '../generator/request-plan.js';

interface Address {
  readonly host: string;
  readonly port: number;
}

/** The requests of one variant. */
interface VariantRequests {
  readonly prefix: string;
  /** The start of the names of its counters. Each connection has its own counter. */
  readonly ids: string;
  readonly connections: number;
}

/** An operation that is generated and also written by hand. */
export interface Operation {
  readonly name: string;
  open(generator: Generator, address: Address, requests: VariantRequests): Promise<Session>;
}

export const operations: readonly Operation[] = [
  {
    name: 'increment',
    open: (generator, address, requests) =>
      generator.open({ ...address, requests: incrementsOf(requests), expects: 'counter' }),
  },
  {
    name: 'read',
    async open(generator, address, requests) {
      const counters = incrementsOf(requests);
      const first = await generator.open({ ...address, requests: counters, expects: 'counter' });
      await first.run(requests.connections);
      await first.close();
      return generator.open({ ...address, requests: readsOf(requests), expects: 'exact' });
    },
  },
];

const TYPE = 'load';

function incrementsOf({ prefix, ids, connections }: VariantRequests): PlannedRequest[] {
  return Array.from({ length: connections }, (_, index) => ({
    method: 'POST',
    path: `${prefix}/increment`,
    body: JSON.stringify({ resource_id: `${ids}-${index}`, counter_type: TYPE }),
  }));
}

/** Reads the counters that were incremented once. */
function readsOf({ prefix, ids, connections }: VariantRequests): PlannedRequest[] {
  return Array.from({ length: connections }, (_, index) => ({
    method: 'GET',
    path: `${prefix}/${ids}-${index}/${TYPE}`,
    reply: `{"resource_id":"${ids}-${index}","counter_type":"${TYPE}","current_value":1}`,
  }));
}
