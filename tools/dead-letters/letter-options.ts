import { parseArgs } from 'node:util';
import { accountName } from '../process/account.ts';
import { ToolError } from '../ui/tool.error.ts';
import type { LetterFilter } from './letter.ts';

/** The command line of `npm run deadletters`. */
export interface LetterOptions {
  readonly verb: 'list' | 'show' | 'redrive' | 'discard';
  readonly filter: LetterFilter;
  readonly ids: readonly string[];
  /** As in the proto file. */
  readonly status: string;
  /** Default: all; for a list, 20. */
  readonly limit: number | undefined;
  readonly note: string;
  readonly actor: string;
  readonly address: string | undefined;
}

const text = { type: 'string' } as const;
const known = ['dead', 'redriving', 'redriven', 'discarded', 'resolved', 'all'];
const options = {
  queue: text,
  reason: text,
  type: text,
  since: text,
  status: text,
  limit: text,
  note: text,
  as: text,
  address: text,
} as const;

const usage = (fault: string): ToolError =>
  new ToolError(
    `${fault}
deadletters list [FILTER] [--status dead|redriving|redriven|discarded|resolved|all] [--limit N]
deadletters show ID
deadletters redrive ID… | FILTER with --queue [--limit N] [--note WHY] [--as NAME]
deadletters discard ID… | FILTER with --queue [--limit N] --note WHY [--as NAME]
FILTER: [--queue QUEUE] [--reason REASON] [--type TYPE] [--since TIME]; --address HOST:PORT names the worker`,
    { exitCode: 2 },
  );

/** @throws ToolError with the usage */
export function readLetterOptions(args: readonly string[]): LetterOptions {
  const { positionals, values } = parse(args);
  const [verb, ...ids] = positionals;
  if (verb !== 'list' && verb !== 'show' && verb !== 'redrive' && verb !== 'discard')
    throw usage(verb === undefined ? 'A command is missing.' : `There is no command ${verb}.`);
  const { queue, reason, type, since, status = 'dead', limit, note = '', as, address } = values;
  if (verb === 'show' && ids.length !== 1) throw usage('show takes one id.');
  if (verb === 'list' && ids.length > 0) throw usage('list takes no id; show does.');
  const handles = verb === 'redrive' || verb === 'discard';
  if (handles && ids.length > 0 === (queue !== undefined)) throw usage('Name ids, or a queue.');
  if (verb === 'discard' && note === '') throw usage('A reason is required: --note.');
  if (!known.includes(status)) throw usage(`${status} is no status.`);
  return {
    verb,
    ids,
    filter: {
      ...(queue !== undefined && { queue }),
      ...(reason !== undefined && { reason }),
      ...(type !== undefined && { type }),
      ...(since !== undefined && { since: instant(since) }),
    },
    status: `DEAD_LETTER_STATUS_${status.toUpperCase()}`,
    limit: limit === undefined ? undefined : count(limit),
    note,
    actor: as ?? accountName() ?? `user ${process.getuid?.()}`,
    address,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

function instant(time: string): { seconds: number; nanos: number } {
  const milliseconds = Date.parse(time);
  if (Number.isNaN(milliseconds)) throw usage(`--since ${time} is no time such as 2026-03-01T00:00:00Z.`);
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds, nanos: (milliseconds - seconds * 1000) * 1_000_000 };
}

function count(limit: string): number {
  const number = Number(limit);
  if (!Number.isInteger(number) || number < 1) throw usage(`--limit ${limit} is no number from 1.`);
  return number;
}
