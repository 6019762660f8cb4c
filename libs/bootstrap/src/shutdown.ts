import { setTimeout as delay } from 'node:timers/promises';
import type { ConfigHandle } from '@app/config';
import type { Lifecycle, LifecycleConfig } from '@app/lifecycle';
import type { RootLogger } from '@app/logging';
import { type INestApplicationContext, Logger } from '@nestjs/common';

const SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const;

/**
 * A terminal's Ctrl-C reaches every process of the foreground group, and wrappers such as `nest start` and
 * `npm` pass on what they got: the same signal twice within this time is one signal. Milliseconds.
 */
const ECHO_MS = 500;

export interface ShutdownParts {
  app: INestApplicationContext;
  lifecycle: Lifecycle;
  config: ConfigHandle<LifecycleConfig>;
  root: RootLogger;
}

/**
 * How a process ends. The first signal drains: readiness fails, the app serves on for `lifecycle.drain_wait`,
 * then `app.close()` runs the phases; exit 0. What the deadline leaves is named in the log; exit 1. A second
 * signal ends the process at once with 128 + n.
 */
export class Shutdown {
  private readonly logger = new Logger(Shutdown.name);
  private startedAt: number | undefined;

  constructor(private readonly parts: ShutdownParts) {}

  /** Takes over the process's signals and what nobody caught. */
  install(): void {
    for (const signal of Object.keys(SIGNALS) as (keyof typeof SIGNALS)[]) {
      process.on(signal, () => this.onSignal(signal));
    }
    process.on('uncaughtException', (error) => this.onFatal('uncaught exception', error));
    process.on('unhandledRejection', (reason) => this.onFatal('unhandled rejection', reason));
  }

  private onSignal(signal: keyof typeof SIGNALS): void {
    if (this.startedAt === undefined) {
      this.logger.log({ signal }, `${signal}: draining, then stopping`);
      void this.stop(0);
    } else if (performance.now() - this.startedAt > ECHO_MS) {
      this.logger.warn({ signal }, `second ${signal}: stopping at once`);
      this.exit(128 + SIGNALS[signal]);
    }
  }

  private onFatal(kind: string, error: unknown): void {
    this.logger.fatal(
      { err: error, pending: this.parts.lifecycle.pending() },
      `${kind}: draining, then stopping`,
    );
    if (this.startedAt === undefined) void this.stop(1);
  }

  private async stop(code: number): Promise<void> {
    const started = performance.now();
    this.startedAt = started;
    const { drainWait, shutdownTimeout } = this.parts.config.current;
    setTimeout(() => this.onDeadline(shutdownTimeout), shutdownTimeout);
    this.parts.lifecycle.startDraining();
    if (code === 0) await delay(drainWait);
    try {
      await this.parts.app.close();
      this.logger.log({ duration_ms: Math.round(performance.now() - started) }, 'stopped');
      this.exit(code);
    } catch (error) {
      this.logger.error({ err: error }, 'the stop failed');
      this.exit(1);
    }
  }

  private onDeadline(timeout: number): void {
    const pending = this.parts.lifecycle.pending();
    this.logger.error(
      { pending },
      `not stopped within ${timeout} ms; left behind: ${pending.join(', ') || 'nothing known'}`,
    );
    this.exit(1);
  }

  private exit(code: number): void {
    this.parts.root.flush();
    process.exit(code);
  }
}
