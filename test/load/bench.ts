import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BenchOptions } from './bench-options.js';
import { Generator } from './generator/generator.js';
import { problemsOf } from './generator/sanity.js';
import type { Run } from './measure/compared.js';
import { root } from './processes/paths.js';

/** Ends a resource of a suite. */
type Ending = () => Promise<unknown>;

/** The tools of a suite: ends its resources, and stores its results. */
export class Bench implements AsyncDisposable {
  readonly options: BenchOptions;
  readonly generator = new Generator();
  /** Implausible or invalid results. */
  readonly problems: string[] = [];
  private readonly endings: Ending[] = [() => this.generator[Symbol.asyncDispose]()];
  /** The folder of the results. */
  readonly folder: string;

  constructor(suite: string, options: BenchOptions) {
    this.options = options;
    const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
    this.folder = resolve(root, '.stack', 'bench', `${suite}-${time}`);
    mkdirSync(this.folder, { recursive: true });
  }

  /** Registers a started resource. `end` runs after the suite, in reverse order. */
  async use<T>(started: Promise<T>, end: (value: T) => Promise<unknown>): Promise<T> {
    const value = await started;
    this.endings.push(() => end(value));
    return value;
  }

  say(line: string): void {
    process.stdout.write(`${line}\n`);
  }

  /** Records the problems of a run; a valid run has none. */
  classify(run: Run): Run {
    const where = `${run.variant}, round ${run.round}, ${run.connections} connections`;
    for (const problem of problemsOf(run)) this.problems.push(`${where}: ${problem}`);
    return run;
  }

  /** Writes raw figures to `.stack/bench/<suite>-<time>/<name>.json`. */
  keep(name: string, figures: unknown): void {
    const file = resolve(this.folder, `${name}.json`);
    writeFileSync(file, `${JSON.stringify(figures, undefined, 2)}\n`);
    this.say(`raw figures: ${file}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const end of this.endings.reverse()) await end();
  }
}
