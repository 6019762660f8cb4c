import type { BrokerQueue, Topology } from './topology.ts';

const HEAD = ['queue', 'public', 'published by', 'consumed by', 'from exchange', 'arguments'];
/** Shown for a queue without declared publishers: writers of an outbox need no broker and declare nothing. */
const UNDECLARED = 'an outbox';

/** Every queue of the broker as a Markdown table. */
export function tableOf({ queues }: Topology): string {
  const rows = queues.flatMap(({ brokerQueues, name, ...queue }) =>
    [...brokerQueues]
      .sort((a, b) => a.name.localeCompare(b.name))
      .map((each) => {
        // Retry queues have no consumers: the broker moves their messages.
        const consumers = each.name.startsWith(`${name}.retry.`) ? '' : queue.consumers.join(', ');
        if (each.name !== name) return [each.name, '', '', consumers, '', argumentsOf(each)];
        const publishers = queue.publishers.join(', ') || UNDECLARED;
        return [
          name,
          queue.public ? 'yes' : '',
          publishers,
          consumers,
          queue.from?.name ?? '',
          argumentsOf(each),
        ];
      }),
  );
  const widths = HEAD.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(HEAD), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Without the arguments that all queues have. */
function argumentsOf({ arguments: all }: BrokerQueue): string {
  return Object.entries(all)
    .filter(([name]) => !['x-queue-type', 'x-overflow', 'x-dead-letter-exchange'].includes(name))
    .map(([name, value]) => `${name.replace(/^x-/, '')}=${value}`)
    .join(' ');
}
