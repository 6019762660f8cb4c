import { setTimeout as sleep } from 'node:timers/promises';
import { together } from '../process/together.ts';
import { endStrays, ownerVariable } from '../process/stray-processes.ts';
import type { Stack } from '../stack/stack.ts';
import { formatDuration } from '../ui/duration.ts';
import { step } from '../ui/step.ts';
import { terminal } from '../ui/terminal.ts';
import { ToolError } from '../ui/tool.error.ts';
import type { App } from './app-catalogue.ts';
import { appEnvironment } from './app-environment.ts';
import { AppRunner } from './app-runner.ts';
import { appsOwner } from './leftovers.ts';
import { missingParts } from './missing-parts.ts';

/** Apps that call others stop first, so that their requests in flight can still reach the others. */
const callers = new Set(['gateway', 'cron-server']);

/** Time limit for the apps to reach each other after each is ready, in milliseconds. */
const meetingPatience = 30_000;

/** All apps of a development run. */
export class AppFleet {
  private readonly stack: Stack;
  private readonly runners: readonly AppRunner[];

  constructor(
    apps: readonly App[],
    stack: Stack,
    environment: NodeJS.ProcessEnv,
    entryOf: (app: string) => string,
  ) {
    this.stack = stack;
    const mark = { [ownerVariable]: appsOwner(stack) };
    this.runners = apps.map((app, index) => {
      const paint = terminal.palette[index % terminal.palette.length] ?? String;
      return new AppRunner(app, {
        environment: appEnvironment(app, { ...environment, ...mark }),
        records: stack.records,
        paint,
        entry: entryOf(app.name),
      });
    });
  }

  /**
   * Starts all apps at the same time and resolves once the whole system serves: each app is ready, the gateway reaches
   * its upstreams, and no circuit is open.
   */
  async start(signal: AbortSignal): Promise<void> {
    await step('Starting the apps', () =>
      together(signal, ...this.runners.map((runner) => (either: AbortSignal) => runner.start(either))),
    );
    for (const runner of this.runners) runner.supervise();
    await step('Waiting until the apps reach each other', () => this.meet(signal));
  }

  /** The runner of the app with this name. @throws when the run has no such app */
  runnerOf(name: string): AppRunner {
    const runner = this.runners.find(({ app }) => app.name === name);
    if (!runner) throw new Error(`This run has no app ${name}.`);
    return runner;
  }

  private async meet(signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + meetingPatience;
    for (;;) {
      const parts = this.runners.map(async (runner) =>
        missingParts(runner.app.name, await runner.readiness()),
      );
      const missing = (await Promise.all(parts)).flat();
      if (missing.length === 0) return;
      signal.throwIfAborted();
      if (performance.now() > deadline)
        throw new ToolError(
          `The apps are ready, but the system is not complete after ${formatDuration(meetingPatience)}:`,
          {
            evidence: missing,
            remedies: ['Start the servers that are down, or correct their addresses in the configuration.'],
          },
        );
      await sleep(100);
    }
  }

  /** Drains and stops all apps. */
  async stop(): Promise<void> {
    for (const stage of [true, false]) {
      const runners = this.runners.filter(({ app }) => callers.has(app.name) === stage);
      await step(`Draining ${runners.map(({ app }) => app.name).join(', ')}`, async () => {
        await Promise.all(runners.map((runner) => runner.stop()));
      });
    }
    endStrays(appsOwner(this.stack));
  }
}
