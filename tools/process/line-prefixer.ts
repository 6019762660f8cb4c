import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';

const remembered = 40;

/** Forwards a child's output line by line with a prefix, and keeps the last lines. */
export class LinePrefixer {
  private readonly lastLines: string[] = [];
  private readonly print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.print = print;
  }

  get last(): readonly string[] {
    return this.lastLines;
  }

  follow(stream: Readable | null): void {
    if (!stream) return;
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
      this.lastLines.push(line);
      if (this.lastLines.length > remembered) this.lastLines.shift();
      this.print(line);
    });
  }
}
