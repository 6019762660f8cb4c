import { isKeptByDouble } from '@app/json';

/** Returns a value that `JSON.stringify` writes as this text. ES2025 has it; the types of this project do not yet. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
const EXPONENT = /e/i;

/**
 * Parses the JSON of a reply for interceptors. A number that a double cannot hold becomes a `JSON.rawJSON`, so that
 * `JSON.stringify` writes it unchanged.
 */
export function parseExactly(text: string): unknown {
  return JSON.parse(text, keepNumber);
}

function keepNumber(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined) return value;
  return isKeptByDouble(source, EXPONENT.test(source)) ? value : rawJSON(source);
}
