import { writeSync } from 'node:fs';
import type { RootLogger } from '@app/logging';
import type { Metrics } from '@app/telemetry';

/** Writes the last lines however the process ends: a normal end, a failed start, a crash, a second signal. */
export function flushAtExit(root: RootLogger): void {
  process.on('exit', () => {
    const left = root.flush();
    if (left > 0) sayLast(`${left} lines of the log could not be written.\n`);
  });
}

/** Shows how many lines of the log were lost. */
export function countDroppedLines(root: RootLogger, metrics: Metrics): void {
  const counter = metrics.counter({
    name: 'log_lines_dropped_total',
    help: 'Lines of the log that were lost because an output was full, blocked or broken.',
    collect: () => {
      counter.reset();
      counter.inc(root.dropped);
    },
  });
}

const STDERR = 2;

function sayLast(text: string): void {
  try {
    writeSync(STDERR, text);
  } catch {
    // Nobody is left to be told.
  }
}
