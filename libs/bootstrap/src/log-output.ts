import { writeSync } from 'node:fs';
import type { RootLogger } from '@app/logging';
import type { Metrics } from '@app/telemetry';

/** Writes the last lines at every end of the process: normal end, failed start, crash, second signal. */
export function flushAtExit(root: RootLogger): void {
  process.on('exit', () => {
    const left = root.flush();
    if (left > 0) sayLast(`${left} lines of the log could not be written.\n`);
  });
}

/** Exports the number of lost log lines. */
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
    // The error cannot be reported anywhere.
  }
}
