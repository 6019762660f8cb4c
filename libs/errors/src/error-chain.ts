import { isSecretName, Masking, maskText } from './redaction.js';
import { framesOf } from './stack-frames.js';

/** The largest number of causes that are followed. */
export const MAX_CAUSES = 8;

/** An error and its causes: the first is the error that was caught, the last is the root cause. */
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

/** The message of the root cause. */
export function rootMessage(thrown: unknown): string {
  return messageOf(chainOf(thrown).at(-1));
}

/** The message of an error; for an AggregateError without a message, the messages of its errors. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return textOf(thrown);
  if (thrown.message !== '') return thrown.message;
  const errors: unknown[] = thrown instanceof AggregateError ? thrown.errors.slice(0, MAX_CAUSES) : [];
  return errors.map(rootMessage).join('; ') || thrown.name;
}

/**
 * A stack that begins with the root cause, then lists the errors that wrap it, each with frames of our own sources.
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

/** A wrapper made by `toAppError` around an unexpected error: its message and frames add no information. */
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
