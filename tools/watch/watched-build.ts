import { type Compiler, rspack, type Stats } from '@rspack/core';
import { watchConfiguration } from './watch-configuration.ts';

/** Receives the results of an app's builds. */
export interface BuildObserver {
  /** The program on the disk has changed. */
  changed(): void;
  /** The build failed; the previous program still exists. */
  failed(report: string): void;
}

/** Builds the program of one app again whenever one of its source files changes. */
export class WatchedBuild {
  readonly app: string;
  private readonly compiler: Compiler;
  private readonly first = Promise.withResolvers<void>();
  private hash: string | null | undefined;

  private constructor(app: string, compiler: Compiler) {
    this.app = app;
    this.compiler = compiler;
  }

  static async start(app: string, observer: BuildObserver): Promise<WatchedBuild> {
    const configuration = await watchConfiguration(app);
    const build = new WatchedBuild(app, rspack(configuration));
    build.compiler.watch(configuration.watchOptions ?? {}, (error, stats) =>
      build.completed(observer, error, stats),
    );
    return build;
  }

  /** Resolves after the first successful build. */
  get built(): Promise<void> {
    return this.first.promise;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.compiler.close(() => resolve()));
  }

  private completed(observer: BuildObserver, error: Error | null, stats: Stats | undefined): void {
    if (error) return observer.failed(error.message);
    if (!stats) return;
    if (stats.hasErrors())
      return observer.failed(stats.toString({ all: false, errors: true, colors: false }));
    // A file that was saved without a change produces the same program.
    const isNew = stats.hash !== this.hash;
    const isFirst = this.hash === undefined;
    this.hash = stats.hash;
    this.first.resolve();
    if (isNew && !isFirst) observer.changed();
  }
}
