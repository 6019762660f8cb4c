import { appNames } from '../apps/app-entry.ts';
import type { AppFleet } from '../apps/app-fleet.ts';
import type { Programs } from '../apps/programs.ts';
import { step } from '../ui/step.ts';
import { terminal } from '../ui/terminal.ts';
import { paths } from '../workspace/paths.ts';
import { watchedEntryOf } from './watch-configuration.ts';
import { WatchedBuild } from './watched-build.ts';

/** The programs of `npm run dev`: an app is restarted whenever its program changes. */
export class WatchedPrograms implements Programs {
  readonly entryOf = watchedEntryOf;
  readonly environment = {
    /** An app that drains for one build must not end at once because of the next. */
    APP_WATCHED: '1',
    /** Caches compiled packages between starts, which makes a start one third faster. */
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? paths.inClone('.stack', 'cache', 'node'),
  };
  private readonly builds: WatchedBuild[] = [];
  private fleet: AppFleet | undefined;
  /** Apps that were built again before there was a process to restart. */
  private readonly early = new Set<string>();

  async build(signal: AbortSignal): Promise<void> {
    await step('Building', async () => {
      for (const app of appNames) this.builds.push(await WatchedBuild.start(app, this.observerOf(app)));
      const interrupted = Promise.withResolvers<never>();
      const interrupt = (): void => interrupted.reject(signal.reason);
      signal.addEventListener('abort', interrupt, { once: true });
      try {
        signal.throwIfAborted();
        await Promise.race([Promise.all(this.builds.map(({ built }) => built)), interrupted.promise]);
      } finally {
        signal.removeEventListener('abort', interrupt);
      }
    });
  }

  follow(fleet: AppFleet): void {
    this.fleet = fleet;
    for (const app of this.early) fleet.runnerOf(app).restart();
    this.early.clear();
  }

  async close(): Promise<void> {
    await Promise.all(this.builds.splice(0).map((build) => build.close()));
  }

  private observerOf(app: string): { changed(): void; failed(report: string): void } {
    return {
      changed: () => {
        if (!this.fleet) this.early.add(app);
        else {
          this.fleet.runnerOf(app).say('built again: restarting');
          this.fleet.runnerOf(app).restart();
        }
      },
      failed: (report) => {
        const remark = 'The build failed; the next save builds again.';
        if (this.fleet) this.fleet.runnerOf(app).say(`${report.trimEnd()}\n${remark}`);
        else terminal.warn(`${app}: ${report.trimEnd()}\n${remark}`);
      },
    };
  }
}
