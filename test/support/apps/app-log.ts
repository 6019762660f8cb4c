import { readFileSync, statSync } from 'node:fs';

/** One line of an app's log. */
export interface LogLine {
  level: string;
  msg: string;
  [field: string]: unknown;
}

const LOUD = ['error', 'fatal', 'unreadable'];

/** What an app has written to its output. Lines are buffered by the app: wait for the one that you expect. */
export class AppLog {
  readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /** Where the log ends now, to look later at what came after. */
  mark(): number {
    return statSync(this.file).size;
  }

  /** Everything as text. */
  text(since = 0): string {
    return readFileSync(this.file).subarray(since).toString();
  }

  /** Every line; what is not JSON (a crash, a stray print) comes with the level `unreadable`. */
  lines(since = 0): LogLine[] {
    return this.text(since)
      .split('\n')
      .filter((line) => line !== '')
      .map(parse);
  }

  /** What is louder than `warn`; without access lines, which repeat the status that a client got. */
  errors(since = 0): LogLine[] {
    return this.lines(since).filter(({ level, msg }) => LOUD.includes(level) && msg !== 'request');
  }
}

function parse(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { level: 'unreadable', msg: line };
  }
}
