import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';

const remembered = 40;

/** Forwards a child's output line by line with a prefix, and keeps the last lines. */
export class LinePrefixer {
  readonly #last: string[] = [];
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  get last(): readonly string[] {
    return this.#last;
  }

  follow(stream: Readable | null): void {
    if (!stream) return;
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
      this.#last.push(line);
      if (this.#last.length > remembered) this.#last.shift();
      this.#print(line);
    });
  }
}
