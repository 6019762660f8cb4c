import { parseEnv } from 'node:util';
import { type ConfigProblem, ConfigUnreadableError } from '../config.errors.js';
import { readText } from './text-file.js';
import type { Variables } from './variables.js';

const ASSIGNMENT = /^\s*(?:export\s+)?[\w.-]+\s*=/;
const OPEN_QUOTE = /=\s*["'`]/;
/** A comment line, or an assignment whose value is quoted and may have several lines. */
const COMMENT_OR_QUOTED = /^[ \t]*(?:#.*$|(?:export[ \t]+)?[\w.-]+[ \t]*=[ \t]*(["'`])[^]*?\1)/gm;

/** The variables of a `.env`. A missing file has none; one that cannot be read completely is `unreadable`. */
export async function readDotenv(path: string): Promise<Variables> {
  const name = '.env';
  const reading = await readText(path);
  if ('text' in reading) {
    // The parser of Node.js fails on a quote in an indented comment.
    const text = reading.text
      .replaceAll(/\r\n?/g, '\n')
      .replaceAll(COMMENT_OR_QUOTED, (piece) => (piece.trimStart().startsWith('#') ? '' : piece));
    const problems = problemsOf(text, path);
    const unreadable = problems.length > 0 ? new ConfigUnreadableError(problems) : undefined;
    return { name, values: parseEnv(text), unreadable };
  }
  const { missing, expected } = reading;
  return { name, values: {}, unreadable: missing ? undefined : ConfigUnreadableError.of(path, { expected }) };
}

/** The parser of Node.js skips invalid lines. The problems do not quote the lines, which may hold a secret. */
function problemsOf(text: string, path: string): ConfigProblem[] {
  // Line ends are kept, so that line numbers stay correct.
  const bare = text.replaceAll(COMMENT_OR_QUOTED, (piece) => `QUOTED=${piece.replaceAll(/[^\n]/g, '')}`);
  return bare.split('\n').flatMap((line, index) => {
    const expected = expectedOf(line);
    return expected ? [{ path, found: 'not readable', expected, origin: `${path}:${index + 1}` }] : [];
  });
}

function expectedOf(line: string): string | undefined {
  if (line.trim() === '') return undefined;
  if (!ASSIGNMENT.test(line)) return 'NAME=value on every line, # before a comment';
  return OPEN_QUOTE.test(line) ? 'a closing quote behind the value' : undefined;
}
