import { printTable } from '../ui/table.ts';
import { terminal } from '../ui/terminal.ts';
import type { Letter, LetterSummary, Timestamp } from './letter.ts';

const widest = 60;

/** Replaces control characters: untrusted publishers must not move the cursor or change the colours of the terminal. */
const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, '·');

const cell = (text: string): string => {
  const line = plain(text);
  return line.length > widest ? `${line.slice(0, widest - 1)}…` : line;
};

const time = (timestamp: Timestamp | null): string =>
  timestamp === null
    ? '–'
    : new Date(timestamp.seconds * 1000 + timestamp.nanos / 1_000_000).toISOString().slice(0, 19) + 'Z';

const nameOf = (value: string, prefix: string): string => value.replace(prefix, '').toLowerCase();
const statusOf = (letter: LetterSummary): string => nameOf(letter.status, 'DEAD_LETTER_STATUS_');

/** One line for each letter. */
export function printList(letters: readonly LetterSummary[]): void {
  const heading = ['ID', 'QUEUE', 'REASON', 'ATTEMPTS', 'DIED', 'STATUS', 'ERROR'];
  const rows = letters.map((letter) => [
    letter.id,
    cell(letter.queue),
    cell(letter.reason),
    String(letter.attempts),
    time(letter.dead_at),
    statusOf(letter),
    cell(letter.error),
  ]);
  printTable([heading, ...rows]);
}

/** Prints all fields of a dead letter. */
export function printLetter(letter: Letter): void {
  const { summary, correlation_id, headers, errors, actions } = letter;
  printTable([
    ['Letter'],
    ['id', summary.id],
    ['message', summary.message_id],
    ['queue', plain(summary.queue)],
    ['type', plain(summary.type || '–')],
    ['correlation', plain(correlation_id || '–')],
    ['status', `${statusOf(summary)}, ${time(summary.handled_at ?? summary.dead_at)}`],
    ['reason', plain(summary.reason)],
    ['attempts', `${summary.attempts}, redriven ${summary.redrives} times`],
    ['failed', `first ${time(summary.first_failed_at)}, died ${time(summary.dead_at)}`],
    ['Headers'],
    ...Object.entries(JSON.parse(headers) as Record<string, unknown>).map(([name, value]) => [
      plain(name),
      plain(typeof value === 'string' ? value : JSON.stringify(value)),
    ]),
    ['Errors'],
    ...errors.map(({ attempt, at, reason, message, details }) => [
      `${attempt}`,
      time(at),
      cell(reason),
      plain(details ? `${message} ${details}` : message),
    ]),
    ['Actions'],
    ...actions.map(({ action, actor, note, at }) => [
      nameOf(action, 'DEAD_LETTER_ACTION_KIND_'),
      time(at),
      cell(actor),
      plain(note),
    ]),
    [`Payload, ${summary.size} bytes`],
  ]);
  for (const line of payloadLines(letter)) terminal.line(`    ${plain(line)}`);
}

/** Indented JSON, or base64. */
function payloadLines({ payload, payload_encoding: encoding }: Letter): string[] {
  const value: unknown = JSON.parse(payload);
  const isBase64 = encoding === 'DEAD_LETTER_PAYLOAD_ENCODING_BASE64';
  return isBase64 ? [String(value)] : JSON.stringify(value, null, 2).split('\n');
}
