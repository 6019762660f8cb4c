import { formatDuration } from '../ui/duration.ts';
import { terminal } from '../ui/terminal.ts';

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly remark?: string;
  /** Shown in full when something failed. */
  readonly output?: string;
}

const remindEvery = 30_000;

/** Runs the steps of a test run, prints the result of each, and sums them up. A failure does not stop the run. */
export class Tally {
  passed = 0;
  failed = 0;

  async run(title: string, work: () => Promise<Outcome>): Promise<boolean> {
    const started = performance.now();
    const elapsed = (): string => terminal.dim(`(${formatDuration(performance.now() - started)})`);
    const remind = setInterval(
      () => terminal.line(`${terminal.dim('•')} ${title} … ${elapsed()}`),
      remindEvery,
    );
    let outcome: Outcome;
    try {
      outcome = await work();
    } finally {
      clearInterval(remind);
    }
    const good = outcome.failed === 0;
    const remark = outcome.remark === undefined ? '' : `: ${outcome.remark}`;
    terminal.line(`${good ? terminal.green('✓') : terminal.red('✗')} ${title}${remark} ${elapsed()}`);
    if (!good && outcome.output) terminal.line(outcome.output.trimEnd().replace(/^/gm, '  '));
    this.passed += outcome.passed;
    this.failed += outcome.failed;
    return good;
  }

  close(): number {
    const text = `${this.passed} passed, ${this.failed} failed`;
    terminal.line(this.failed > 0 ? terminal.red(text) : terminal.green(text));
    return this.failed > 0 ? 1 : 0;
  }
}
