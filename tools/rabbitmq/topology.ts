/** A queue as declared at the broker. */
export interface BrokerQueue {
  readonly name: string;
  readonly arguments: Readonly<Record<string, string | number>>;
}

interface Queue {
  readonly name: string;
  readonly public: boolean;
  readonly retry: readonly string[];
  readonly from?: { readonly name: string };
  readonly brokerQueues: readonly BrokerQueue[];
}

/** The output of an app's `topology` command. */
export interface AppTopology {
  readonly consumes: readonly Queue[];
  readonly declares: readonly (Queue | { readonly exchange: true; readonly name: string })[];
}

/** A queue with its consumers and publishers. */
export interface TopologyQueue extends Queue {
  readonly consumers: readonly string[];
  readonly publishers: readonly string[];
}

export interface Topology {
  readonly queues: readonly TopologyQueue[];
  /** Each with the apps that publish to it. */
  readonly exchanges: readonly { readonly name: string; readonly publishers: readonly string[] }[];
}

/** Merges the topologies of the apps; queues are sorted by name. */
export function mergeTopologies(apps: readonly (readonly [app: string, topology: AppTopology])[]): Topology {
  const consumers = collect(apps, ({ consumes }) => consumes);
  const publishers = collect(apps, ({ declares }) => declares);
  const queues = new Map<string, Queue>();
  const exchanges = new Set<string>();
  for (const [, { consumes, declares }] of apps)
    for (const each of [...declares, ...consumes]) {
      if ('exchange' in each) exchanges.add(each.name);
      else {
        queues.set(each.name, each);
        if (each.from) exchanges.add(each.from.name);
      }
    }
  return {
    queues: [...queues.values()]
      .map((queue) => ({
        ...queue,
        consumers: consumers.get(queue.name) ?? [],
        publishers: publishers.get(queue.name) ?? [],
      }))
      .sort((a, b) => a.name.localeCompare(b.name)),
    exchanges: [...exchanges].sort().map((name) => ({ name, publishers: publishers.get(name) ?? [] })),
  };
}

function collect(
  apps: readonly (readonly [string, AppTopology])[],
  pick: (topology: AppTopology) => readonly { readonly name: string }[],
): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [app, topology] of apps)
    for (const { name } of pick(topology)) found.set(name, [...(found.get(name) ?? []), app]);
  return found;
}
