import { isSecretName, Masking, maskText } from './redaction.js';
import { framesOf } from './stack-frames.js';

/** How many causes are followed. */
export const MAX_CAUSES = 8;

/** An error and what lies behind it: the first is what was caught, the last is what broke. */
export function chainOf(thrown: unknown): unknown[] {
  const chain = [thrown];
  let current = thrown;
  while (chain.length <= MAX_CAUSES && current instanceof Error && current.cause !== undefined) {
    current = current.cause;
    if (chain.includes(current)) break;
    chain.push(current);
  }
  return chain;
}

/** What broke, in its own words: the message of the deepest cause. */
export function rootMessage(thrown: unknown): string {
  return messageOf(chainOf(thrown).at(-1));
}

/** The message of an error; of several at once that have no common one, theirs. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return textOf(thrown);
  if (thrown.message !== '') return thrown.message;
  const errors: unknown[] = thrown instanceof AggregateError ? thrown.errors.slice(0, MAX_CAUSES) : [];
  return errors.map(rootMessage).join('; ') || thrown.name;
}

/**
 * A stack that begins with what broke, then says what it was wrapped in, each with the frames of our own sources.
 * Undefined when nothing in the chain has a stack.
 */
export function stackOf(thrown: unknown): string | undefined {
  const chain = chainOf(thrown).filter((link, at, { length }) => at === length - 1 || !isMere(link));
  if (!chain.some((link) => link instanceof Error && link.stack !== undefined)) return undefined;
  return chain
    .toReversed()
    .map((link, depth) => (depth === 0 ? '' : 'wrapped in ') + describeLink(link))
    .join('\n');
}

/** Made by `toAppError` around what nobody foresaw: neither its words nor its frames say anything of that. */
function isMere(link: unknown): boolean {
  return link instanceof Error && link.name === 'InternalError';
}

function describeLink(link: unknown): string {
  if (!(link instanceof Error)) return textOf(link);
  const lines = [
    `${link.name}: ${messageOf(link)}`,
    ...(link.stack === undefined ? [] : framesOf(link.stack)),
  ];
  const errors: unknown[] = link instanceof AggregateError ? link.errors.slice(0, MAX_CAUSES) : [];
  const inside = errors.flatMap((error) => stackOf(error)?.split('\n') ?? textOf(error));
  return [...lines, ...inside.map((line) => `  ${line}`)].join('\n');
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(masking.copy(value)) ?? String(value);
}

const masking = new Masking({ isSecret: isSecretName, maskText, describeError: rootMessage });
