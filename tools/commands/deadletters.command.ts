import { type LetterOptions, readLetterOptions } from '../dead-letters/letter-options.ts';
import type { LetterSummary } from '../dead-letters/letter.ts';
import type { LettersClient } from '../dead-letters/letters.client.ts';
import { printLetter, printList } from '../dead-letters/print-letters.ts';
import { terminal } from '../ui/terminal.ts';
import { ToolError } from '../ui/tool.error.ts';
import { chosenEnvironment } from '../workspace/app-environment.ts';
import { ensureDependencies } from '../workspace/dependencies.ts';
import { SettingSources } from '../workspace/setting-sources.ts';
import type { Command } from './command.ts';

/** The largest page that the worker returns. */
const pageSize = 100;
/** Such a batch ends well before the time limit of a call. */
const batchSize = 10_000;

/** `npm run deadletters -- list|show|redrive|discard`: calls the worker over gRPC. */
export const deadletters: Command = async ({ args, interruption: { signal } }) => {
  const options = readLetterOptions(args);
  await ensureDependencies(signal);
  const settings = await SettingSources.load(chosenEnvironment());
  const key = 'upstreams.worker.address';
  const address = options.address ?? settings.user(key)?.value ?? settings.committed(key);
  if (address === undefined)
    throw new ToolError('The address of the worker is unknown: set --address HOST:PORT.');
  const { LettersClient: Worker } = await import('../dead-letters/letters.client.ts');
  const worker = new Worker(address, settings);
  try {
    return await run(worker, options, signal);
  } finally {
    worker.close();
  }
};

async function run(worker: LettersClient, options: LetterOptions, signal: AbortSignal): Promise<number> {
  const [id = ''] = options.ids;
  if (options.verb === 'list') await list(worker, options, signal);
  else if (options.verb === 'show') printLetter(await worker.get(id));
  else return handle(worker, options.verb, options, signal);
  return 0;
}

async function list(
  worker: LettersClient,
  { filter, status, limit = 20 }: LetterOptions,
  signal: AbortSignal,
): Promise<void> {
  const found: LetterSummary[] = [];
  let cursor: string | undefined;
  do {
    const page = Math.min(pageSize, limit - found.length);
    const reply = await worker.list({ filter, status, limit: page, ...(cursor && { cursor }) });
    found.push(...reply.items);
    cursor = reply.next_cursor;
    signal.throwIfAborted();
  } while (cursor && found.length < limit);
  if (found.length > 0) printList(found);
  terminal.line(`${found.length} letters${cursor ? '; there are more, see --limit' : ''}`);
}

async function handle(
  worker: LettersClient,
  verb: 'redrive' | 'discard',
  { ids, filter, limit = Infinity, actor, note }: LetterOptions,
  signal: AbortSignal,
): Promise<number> {
  const done = verb === 'redrive' ? 'accepted for redrive' : 'discarded';
  const [id = ''] = ids;
  if (ids.length === 1) {
    await worker.handle(verb === 'redrive' ? 'Redrive' : 'Discard', id, { actor, note });
    terminal.line(`${terminal.green('✓')} ${id} ${done}`);
    return 0;
  }
  const method = verb === 'redrive' ? 'RedriveMany' : 'DiscardMany';
  let count = 0;
  for (;;) {
    const share = Math.min(batchSize, limit - count);
    const handled = await worker.handleMany(method, {
      filter: { ...filter, ...(ids.length > 0 && { ids: { values: ids } }) },
      limit: share,
      actor,
      note,
    });
    count += handled.count;
    if (handled.count < share || count === limit) break;
    terminal.line(`${terminal.dim('•')} ${count} letters …`);
    signal.throwIfAborted();
  }
  terminal.line(`${terminal.green('✓')} ${count} letters ${done}`);
  const missing = ids.length > 0 ? Math.min(ids.length, limit) - count : 0;
  if (missing > 0) terminal.warn(`${missing} of the ids are unknown, or no longer dead`);
  return missing > 0 ? 1 : 0;
}
