import { isDeepStrictEqual } from 'node:util';
import type { ConfigProblem } from '../config.errors.js';
import type { Branch } from '../config.tree.js';
import { ConfigSource, type SourceContext } from './config-source.js';

/** Told when a remote source cannot be read any more, and when it can again; once each. */
export interface SourceObserver {
  lost(source: string, error: unknown): void;
  recovered(source: string): void;
}

export interface SupervisedSourceOptions {
  /** How long one reading may take, in milliseconds. @default 5000 */
  timeout?: number;
  /** Milliseconds between two readings of a source that cannot be watched, or has failed. @default 750 */
  interval?: number;
}

/** What a source said, with what it found wrong on the way. */
interface Reading {
  tree: Branch;
  problems: readonly ConfigProblem[];
}

/**
 * A remote source as an app can rely on it: read with a time limit, and held in memory, so that a change of a file
 * never waits for it. While it cannot be read, what it said last holds. At the start there is nothing to hold: one
 * that is needed fails the start, any other says nothing until it can be read.
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

  /** Tells of what happens from now on, and that it could not be read at the start. */
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

  /** What changes while it is being read is read once more. */
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
