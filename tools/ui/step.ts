import { formatDuration } from './duration.ts';
import { terminal } from './terminal.ts';

/** After this time a step prints a line, and then again at each interval. Milliseconds. */
const announceAfter = 400;
const remindEvery = 20_000;

/**
 * Runs one step and prints its result. A slow step also prints a line while it runs.
 *
 * @param work may return a remark to print with the result, or `null` to print no result
 */
export async function step(title: string, work: () => Promise<string | null | void>): Promise<void> {
  const started = performance.now();
  const elapsed = (): string => terminal.dim(`(${formatDuration(performance.now() - started)})`);
  const announce = setTimeout(() => terminal.line(`${terminal.dim('•')} ${title} …`), announceAfter);
  const remind = setInterval(
    () => terminal.line(`${terminal.dim('•')} ${title} … ${elapsed()}`),
    remindEvery,
  );
  try {
    const remark = await work();
    if (remark !== null) {
      terminal.line(`${terminal.green('✓')} ${title}${remark ? `: ${remark}` : ''} ${elapsed()}`);
    }
  } finally {
    clearTimeout(announce);
    clearInterval(remind);
  }
}
