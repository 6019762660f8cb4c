import type { JsonFault } from './json.fault.js';
import { pathOf } from './json.path.js';
import { isKeptByDouble } from './number-literal.js';

const enum Char {
  quote = 0x22,
  comma = 0x2c,
  plus = 0x2b,
  minus = 0x2d,
  point = 0x2e,
  zero = 0x30,
  nine = 0x39,
  openList = 0x5b,
  upperE = 0x45,
  backslash = 0x5c,
  closeList = 0x5d,
  e = 0x65,
  openObject = 0x7b,
  closeObject = 0x7d,
}

/** An object or a list that is not closed yet. */
interface Container {
  /** The names that an object has so far; none for a list. */
  readonly names: Set<string> | undefined;
  /** The name or the index of the next value. */
  key: string | number;
  /** Whether the next text is a name. */
  awaitsName: boolean;
}

/**
 * Searches a valid JSON text for content that `JSON.parse` would change: a duplicate name (the first value is lost),
 * the name `__proto__` (a later assignment would set the prototype), a number that a double cannot hold exactly, and
 * nesting that is too deep for later steps. One pass, without recursion.
 *
 * @param maxDepth largest nesting depth of lists and objects
 * @returns the first fault, undefined when parsing changes nothing
 */
export function findChange(text: string, maxDepth: number): JsonFault | undefined {
  return new ChangeScanner(text, maxDepth).run();
}

class ChangeScanner {
  private readonly open: Container[] = [];
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly maxDepth: number,
  ) {}

  run(): JsonFault | undefined {
    const { text } = this;
    while (this.at < text.length) {
      const fault = this.step(text.charCodeAt(this.at));
      if (fault !== undefined) return this.fault(fault);
    }
    return undefined;
  }

  /** Reads one token. @returns the fault, if there is one */
  private step(char: number): string | undefined {
    switch (char) {
      case Char.quote:
        return this.readText();
      case Char.openObject:
        return this.enter({ names: new Set(), key: '', awaitsName: true });
      case Char.openList:
        return this.enter({ names: undefined, key: 0, awaitsName: false });
      case Char.closeObject:
      case Char.closeList:
        this.open.pop();
        break;
      case Char.comma:
        this.goOn();
        break;
      default:
        if (char === Char.minus || (char >= Char.zero && char <= Char.nine)) return this.readNumber();
    }
    this.at += 1;
    return undefined;
  }

  private enter(container: Container): string | undefined {
    if (this.open.length >= this.maxDepth) return `is nested deeper than ${this.maxDepth} levels`;
    this.open.push(container);
    this.at += 1;
    return undefined;
  }

  private goOn(): void {
    const container = this.open.at(-1);
    if (container === undefined) return;
    if (typeof container.key === 'number') container.key += 1;
    else container.awaitsName = true;
  }

  private readText(): string | undefined {
    const start = this.at;
    this.at = this.endOfText(start + 1);
    const container = this.open.at(-1);
    if (!container?.awaitsName) return undefined;
    const name = this.nameAt(start, this.at);
    container.awaitsName = false;
    container.key = name;
    if (name === '__proto__') return 'is not an allowed name';
    if (container.names?.has(name)) return 'is given more than once';
    container.names?.add(name);
    return undefined;
  }

  /** The index after the closing quote of a text. A quote after an odd number of backslashes does not close it. */
  private endOfText(start: number): number {
    const { text } = this;
    let end = text.indexOf('"', start);
    while (end >= 0) {
      let before = end;
      while (text.charCodeAt(before - 1) === Char.backslash) before -= 1;
      if ((end - before) % 2 === 0) return end + 1;
      end = text.indexOf('"', end + 1);
    }
    return text.length;
  }

  private nameAt(start: number, end: number): string {
    const raw = this.text.slice(start + 1, end - 1);
    return raw.includes('\\') ? (JSON.parse(this.text.slice(start, end)) as string) : raw;
  }

  private readNumber(): string | undefined {
    const { text } = this;
    const start = this.at;
    let hasExponent = false;
    for (; this.at < text.length; this.at += 1) {
      const char = text.charCodeAt(this.at);
      if (char === Char.e || char === Char.upperE) hasExponent = true;
      else if ((char < Char.zero || char > Char.nine) && !isSignOrPoint(char)) break;
    }
    const kept = isKeptByDouble(text.slice(start, this.at), hasExponent);
    return kept ? undefined : 'is a number that cannot be kept exactly; send it as text';
  }

  private fault(message: string): JsonFault {
    return { kind: 'changed', path: pathOf(this.open.map(({ key }) => key)), message };
  }
}

function isSignOrPoint(char: number): boolean {
  return char === Char.plus || char === Char.minus || char === Char.point;
}
