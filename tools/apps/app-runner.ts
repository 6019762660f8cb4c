import { setTimeout as sleep } from 'node:timers/promises';
import { ChildGroup, type Exit } from '../process/child-group.ts';
import { LinePrefixer } from '../process/line-prefixer.ts';
import { identify } from '../process/process-identity.ts';
import type { ServerRecords } from '../stack/server-record.ts';
import { formatDuration } from '../ui/duration.ts';
import { terminal } from '../ui/terminal.ts';
import { ToolError } from '../ui/tool.error.ts';
import { paths } from '../workspace/paths.ts';
import type { App } from './app-catalogue.ts';
import { nodeOptions } from './app-entry.ts';
import { failingChecks } from './failing-checks.ts';
import type { ReadinessReply } from './missing-parts.ts';

export interface AppRunnerOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly records: ServerRecords;
  readonly paint: (text: string) => string;
  /** The program to run; loaded again at every start. */
  readonly entry: string;
}

/** Exit code of an app with an invalid configuration (sysexits.h). */
const badConfiguration = 78;
const startPatience = 60_000;
/** Slightly longer than the shutdown time-out of the apps. */
const drainPatience = 35_000;
const longestBackOff = 30_000;
const consideredStable = 60_000;

const describeExit = ({ code, signal }: Exit): string =>
  signal ? `killed by ${signal}` : `exit code ${code}`;

/** Runs one app: prefixes its output, waits until it is ready, restarts it after a crash, and drains it. */
export class AppRunner {
  readonly app: App;
  private readonly options: AppRunnerOptions;
  private readonly print: (line: string) => void;
  private readonly lines: LinePrefixer;
  private readonly stopping = new AbortController();
  /** Aborted from the request for a new process until it has started. */
  private renewal = new AbortController();
  private child: ChildGroup | undefined;
  private lastReply: string | undefined;
  private supervision: Promise<void> | undefined;

  constructor(app: App, options: AppRunnerOptions) {
    this.app = app;
    this.options = options;
    const prefix = options.paint(`${app.name.padEnd(11)} │`);
    this.print = (line) => terminal.line(`${prefix} ${line}`);
    this.lines = new LinePrefixer(this.print);
  }

  /** Starts the app and resolves once it is ready. */
  async start(signal: AbortSignal): Promise<void> {
    const child = this.spawn();
    const deadline = performance.now() + startPatience;
    while (!(await this.readiness())?.ready) {
      signal.throwIfAborted();
      if (child.hasExited) throw await this.endedAtStart(child);
      if (performance.now() > deadline) throw this.neverReady();
      await sleep(50);
    }
  }

  /** The reply of `/readyz`; undefined while there is none. */
  async readiness(): Promise<ReadinessReply | undefined> {
    const url = `http://${this.app.managementHost}:${this.app.managementPort}/readyz`;
    try {
      const reply = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      this.lastReply = await reply.text();
      return { ready: reply.ok, body: this.lastReply };
    } catch {
      return undefined;
    }
  }

  /** Restarts the app after every crash from now on. */
  supervise(): void {
    this.supervision = this.restartWheneverItDies();
  }

  /** Prints other lines with the app's prefix. */
  say(text: string): void {
    for (const line of text.split('\n')) this.print(line);
  }

  /**
   * Drains the process and then starts another one. Further calls meanwhile do nothing, because the next process runs
   * the latest build. A crashed app is started at once.
   */
  restart(): void {
    if (this.renewal.signal.aborted || this.stopping.signal.aborted) return;
    this.renewal.abort();
    if (this.child && !this.child.hasExited) this.child.stop('SIGTERM', drainPatience).catch(() => undefined);
  }

  /** Requests a drain, waits for it, and kills the app if it does not end in time. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const child = this.child;
    if (child && !child.hasExited) {
      const { code, signal } = await child.stop('SIGTERM', drainPatience);
      if (signal === 'SIGKILL')
        terminal.warn(`${this.app.name} did not end within ${formatDuration(drainPatience)} and was killed.`);
      else if (code !== 0 && code !== badConfiguration)
        terminal.warn(`${this.app.name} ended with ${describeExit({ code, signal })}.`);
    }
    this.options.records.remove(this.app.name);
    await this.supervision;
  }

  private spawn(): ChildGroup {
    const { environment, records, entry } = this.options;
    const child = new ChildGroup(process.execPath, [...nodeOptions, entry], {
      cwd: paths.root,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.process.once('error', (error) =>
      terminal.warn(`${this.app.name} could not be started: ${error.message}`),
    );
    this.lines.follow(child.process.stdout);
    this.lines.follow(child.process.stderr);
    const identity = identify(child.pid);
    const { name, port } = this.app;
    const since = new Date().toISOString();
    if (identity)
      records.write({
        name,
        kind: 'app',
        provider: 'dist',
        port,
        url: '',
        stopSignal: 'SIGTERM',
        since,
        ...identity,
      });
    this.child = child;
    return child;
  }

  private async restartWheneverItDies(): Promise<void> {
    for (let backOff = 1_000; ;) {
      const started = performance.now();
      const exit = await this.child?.exited.catch((): Exit => ({ code: null, signal: null }));
      if (this.stopping.signal.aborted) return;
      if (performance.now() - started > consideredStable) backOff = 1_000;
      if (!this.renewal.signal.aborted) {
        terminal.warn(
          `${this.app.name} has crashed (${exit ? describeExit(exit) : 'not started'}): restarting it in ${formatDuration(backOff)}.`,
        );
        const awake = AbortSignal.any([this.stopping.signal, this.renewal.signal]);
        await sleep(backOff, undefined, { signal: awake }).catch(() => undefined);
        if (this.stopping.signal.aborted) return;
        backOff = Math.min(backOff * 2, longestBackOff);
      }
      if (this.renewal.signal.aborted) {
        this.renewal = new AbortController();
        backOff = 1_000;
      }
      this.spawn();
    }
  }

  private async endedAtStart(child: ChildGroup): Promise<ToolError> {
    const exit = await child.exited;
    const misconfigured = exit.code === badConfiguration;
    const what = misconfigured
      ? 'rejects its configuration'
      : `ended before it was ready (${describeExit(exit)})`;
    return new ToolError(`${this.app.name} ${what}.${this.waitsFor()}\nIts last output:`, {
      evidence: this.lines.last.slice(-20),
      exitCode: misconfigured ? badConfiguration : 1,
    });
  }

  private neverReady(): ToolError {
    const { name, managementPort } = this.app;
    const silence =
      this.lastReply === undefined ? ` Its management port ${managementPort} has not answered.` : '';
    return new ToolError(
      `${name} is not ready after ${formatDuration(startPatience)}.${silence}${this.waitsFor()}\nIts last output:`,
      { evidence: this.lines.last.slice(-20) },
    );
  }

  /** The readiness checks that failed when the app last answered. */
  private waitsFor(): string {
    if (this.lastReply === undefined) return '';
    const checks = failingChecks(this.lastReply).map((line) => `\n  ${line}`);
    return `\nIts readiness when it last answered:${checks.join('')}`;
  }
}
