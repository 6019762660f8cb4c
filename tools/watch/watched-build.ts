import { type Compiler, rspack, type Stats } from '@rspack/core';
import { watchConfiguration } from './watch-configuration.ts';

/** Who follows the builds of an app. */
export interface BuildObserver {
  /** Another program than before stands on the disk. */
  changed(): void;
  /** The sources cannot be built; what was built before is still there. */
  failed(report: string): void;
}

/** The program of one app, built again whenever a file changes that it is made of. */
export class WatchedBuild {
  readonly app: string;
  readonly #compiler: Compiler;
  readonly #first = Promise.withResolvers<void>();
  #hash: string | null | undefined;

  private constructor(app: string, compiler: Compiler) {
    this.app = app;
    this.#compiler = compiler;
  }

  static async start(app: string, observer: BuildObserver): Promise<WatchedBuild> {
    const configuration = await watchConfiguration(app);
    const build = new WatchedBuild(app, rspack(configuration));
    build.#compiler.watch(configuration.watchOptions ?? {}, (error, stats) =>
      build.#completed(observer, error, stats),
    );
    return build;
  }

  /** Resolves once there is a program: after the first build that succeeds. */
  get built(): Promise<void> {
    return this.#first.promise;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#compiler.close(() => resolve()));
  }

  #completed(observer: BuildObserver, error: Error | null, stats: Stats | undefined): void {
    if (error) return observer.failed(error.message);
    if (!stats) return;
    if (stats.hasErrors())
      return observer.failed(stats.toString({ all: false, errors: true, colors: false }));
    // A file that was saved as it was makes the same program.
    const isNew = stats.hash !== this.#hash;
    const isFirst = this.#hash === undefined;
    this.#hash = stats.hash;
    this.#first.resolve();
    if (isNew && !isFirst) observer.changed();
  }
}
