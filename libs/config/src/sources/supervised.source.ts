import { isDeepStrictEqual } from 'node:util';
import type { ConfigProblem } from '../config.errors.js';
import type { Branch } from '../config.tree.js';
import { ConfigSource, type SourceContext } from './config-source.js';

/** Called once when a remote source can no longer be read, and once when it can be read again. */
export interface SourceObserver {
  lost(source: string, error: unknown): void;
  recovered(source: string): void;
}

export interface SupervisedSourceOptions {
  /** The longest duration of one reading, in milliseconds. @default 5000 */
  timeout?: number;
  /** Milliseconds between two readings of a source that cannot be watched, or has failed. @default 750 */
  interval?: number;
}

/** The values of a source, with the problems that it reported. */
interface Reading {
  tree: Branch;
  problems: readonly ConfigProblem[];
}

/**
 * Makes a remote source reliable: it is read with a time limit and kept in memory, so that a change of a file never
 * waits for it. While it cannot be read, its last values stay in effect. At start-up there are no such values: a
 * source that is needed then fails the start, and any other is empty until it can be read.
 */
export class SupervisedSource extends ConfigSource {
  readonly name: string;
  override readonly needed: boolean;
  private held: Reading | undefined;
  private context: SourceContext | undefined;
  private failure: { error: unknown } | undefined;
  private observer: SourceObserver | undefined;
  private running: Promise<void> | undefined;
  private again = false;

  constructor(
    private readonly source: ConfigSource,
    private readonly options: SupervisedSourceOptions = {},
  ) {
    super();
    this.name = source.name;
    this.needed = source.needed;
  }

  /** Whether the last reading succeeded. */
  get healthy(): boolean {
    return this.failure === undefined;
  }

  /** Reports changes of state from now on, and a source that could not be read at start-up. */
  observe(observer: SourceObserver): void {
    this.observer = observer;
    if (this.failure) observer.lost(this.name, this.failure.error);
  }

  async load(context: SourceContext): Promise<Branch> {
    this.context ??= context;
    this.held ??= await this.readFirst(context);
    for (const problem of this.held.problems) context.report(problem);
    return this.held.tree;
  }

  override watch(changed: () => void): () => void {
    const stop = this.source.watch?.(() => this.refresh(changed));
    const timer = setInterval(() => {
      if (!this.running && (!stop || !this.healthy)) this.refresh(changed);
    }, this.options.interval ?? 750);
    timer.unref();
    return () => {
      clearInterval(timer);
      stop?.();
    };
  }

  private async readFirst(context: SourceContext): Promise<Reading> {
    try {
      return await this.read(context);
    } catch (error) {
      if (this.needed) throw error;
      this.failure = { error };
      return { tree: {}, problems: [] };
    }
  }

  /** Reads once more when the source changes during a reading. */
  private refresh(changed: () => void): void {
    this.again = true;
    this.running ??= this.readAgain(changed).finally(() => (this.running = undefined));
  }

  private async readAgain(changed: () => void): Promise<void> {
    while (this.again && this.context) {
      this.again = false;
      try {
        const reading = await this.read(this.context);
        this.succeeded();
        if (isDeepStrictEqual(reading, this.held)) continue;
        this.held = reading;
        changed();
      } catch (error) {
        this.failed(error);
      }
    }
  }

  private async read(reader: SourceContext): Promise<Reading> {
    const { timeout = 5_000 } = this.options;
    const problems: ConfigProblem[] = [];
    const ended = new AbortController();
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      reject(new Error(`it did not answer within ${timeout} ms`));
      ended.abort();
    }, timeout);
    const context: SourceContext = {
      isKnownPath: (path) => reader.isKnownPath(path),
      report: (problem) => problems.push(problem),
      signal: ended.signal,
    };
    try {
      const tree = await Promise.race([this.source.load(context), late]);
      return { tree, problems };
    } finally {
      clearTimeout(timer);
    }
  }

  private succeeded(): void {
    if (this.failure) this.observer?.recovered(this.name);
    this.failure = undefined;
  }

  private failed(error: unknown): void {
    if (!this.failure) this.observer?.lost(this.name, error);
    this.failure = { error };
  }
}
