import { formatDuration } from './duration.ts';
import { terminal } from './terminal.ts';

/** A step that takes longer announces itself, and says again that it is alive. */
const announceAfter = 400;
const remindEvery = 20_000;

/**
 * Runs one step and says so: nothing but its result when it is quick, a line at its start when it is not.
 *
 * @param work may return a remark that stands beside the result; `null` keeps even the result quiet
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
