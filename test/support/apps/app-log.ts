import { readFileSync, statSync } from 'node:fs';

/** One line of an app's log. */
export interface LogLine {
  level: string;
  msg: string;
  [field: string]: unknown;
}

const LOUD = ['error', 'fatal', 'unreadable'];

/** The output of an app. The app buffers its lines, so a test must wait for the line that it expects. */
export class AppLog {
  readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /** The current end of the log, to read only later lines. */
  mark(): number {
    return statSync(this.file).size;
  }

  /** The output as text. */
  text(since = 0): string {
    return readFileSync(this.file).subarray(since).toString();
  }

  /** All lines. A line that is not JSON (a crash, a stray print) has the level `unreadable`. */
  lines(since = 0): LogLine[] {
    return this.text(since)
      .split('\n')
      .filter((line) => line !== '')
      .map(parse);
  }

  /** Lines above the level `warn`, without access lines, which repeat the status that a client received. */
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
