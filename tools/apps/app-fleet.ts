import { together } from '../process/together.ts';
import { endStrays, ownerVariable } from '../process/stray-processes.ts';
import type { Stack } from '../stack/stack.ts';
import { step } from '../ui/step.ts';
import { terminal } from '../ui/terminal.ts';
import type { App } from './app-catalogue.ts';
import { appEnvironment } from './app-environment.ts';
import { AppRunner } from './app-runner.ts';
import { appsOwner } from './leftovers.ts';

/** Those that call others stop first: what they have in flight still finds whom it asks. */
const callers = new Set(['gateway', 'cron-server']);

/** All apps of a development run. */
export class AppFleet {
  readonly #stack: Stack;
  readonly #runners: readonly AppRunner[];

  constructor(
    apps: readonly App[],
    stack: Stack,
    environment: NodeJS.ProcessEnv,
    entryOf: (app: string) => string,
  ) {
    this.#stack = stack;
    const mark = { [ownerVariable]: appsOwner(stack) };
    this.#runners = apps.map((app, index) => {
      const paint = terminal.palette[index % terminal.palette.length] ?? String;
      return new AppRunner(app, {
        environment: appEnvironment(app, { ...environment, ...mark }),
        records: stack.records,
        paint,
        entry: entryOf(app.name),
      });
    });
  }

  /** Starts all at the same time and resolves once each is ready. */
  async start(signal: AbortSignal): Promise<void> {
    await step('Starting the apps', () =>
      together(signal, ...this.#runners.map((runner) => (either: AbortSignal) => runner.start(either))),
    );
    for (const runner of this.#runners) runner.supervise();
  }

  /** Of the app with this name. @throws when the run has no such app */
  runnerOf(name: string): AppRunner {
    const runner = this.#runners.find(({ app }) => app.name === name);
    if (!runner) throw new Error(`This run has no app ${name}.`);
    return runner;
  }

  /** Drains and stops all. */
  async stop(): Promise<void> {
    for (const stage of [true, false]) {
      const runners = this.#runners.filter(({ app }) => callers.has(app.name) === stage);
      await step(`Draining ${runners.map(({ app }) => app.name).join(', ')}`, async () => {
        await Promise.all(runners.map((runner) => runner.stop()));
      });
    }
    endStrays(appsOwner(this.#stack));
  }
}
