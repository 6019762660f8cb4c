import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

/** The end of a log file, or nothing when there is none. */
export function lastLines(file: string, count: number): string[] {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(size, 32_768));
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    const lines = buffer
      .toString('utf8')
      .split('\n')
      .map((line) => stripVTControlCharacters(line).trimEnd());
    return lines.filter((line) => line !== '').slice(-count);
  } finally {
    closeSync(descriptor);
  }
}
