import { setTimeout as delay } from 'node:timers/promises';
import type { ConfigHandle } from '@app/config';
import { rootMessage } from '@app/errors';
import type { Lifecycle, LifecycleConfig } from '@app/lifecycle';
import type { RootLogger } from '@app/logging';
import { type INestApplicationContext, Logger } from '@nestjs/common';
import { leftOpen, type OpenResources } from './left-open.js';
import { STOP_SIGNALS, type StopSignal, StopSignals } from './stop-signals.js';

/** Share of `lifecycle.shutdown_timeout` after which `giveUp` is called. */
const GIVE_UP_AFTER = 0.6;
/** The longest time for closed connections to end, in milliseconds. */
const CLOSED_WITHIN_MS = 2_000;

/** The parts to stop, once the modules exist. */
export interface Stoppable {
  app: INestApplicationContext;
  lifecycle: Lifecycle;
}

/**
 * Ends the process. On the first signal readiness fails, the app still serves for `lifecycle.drain_wait`, then
 * `app.close()` runs the phases; exit 0. If the deadline passes, the pending work is logged; exit 1. A second signal
 * ends the process at once with 128 + n. The last log lines are written as the process exits.
 */
export class Shutdown {
  private readonly logger = new Logger(Shutdown.name);
  private readonly signals = new StopSignals();
  private stopping = false;
  private running: Stoppable | undefined;
  /** Whether there was an uncaught error, also after the stop had begun. */
  private crashed = false;

  constructor(
    private readonly config: ConfigHandle<LifecycleConfig>,
    private readonly log: Pick<RootLogger, 'settled'>,
  ) {}

  /** Whether a signal or a crash has begun to stop the app. */
  get isStopping(): boolean {
    return this.stopping;
  }

  /** Handles signals and uncaught errors of the process. Called first. */
  install(): void {
    for (const signal of Object.keys(STOP_SIGNALS) as StopSignal[]) {
      process.on(signal, () => this.onSignal(signal));
    }
    process.on('uncaughtException', (error) => this.onFatal('uncaught exception', error));
    process.on('unhandledRejection', (reason) => this.onFatal('unhandled rejection', reason));
  }

  /** Registers the app that a stop has to drain. */
  guard(running: Stoppable): void {
    this.running = running;
  }

  private onSignal(signal: StopSignal): void {
    const isSecond = this.signals.isSecond(signal);
    if (!this.stopping) {
      this.logger.log({ signal }, `${signal}: draining, then stopping`);
      void this.stop(0);
    } else if (isSecond) {
      this.logger.warn({ signal }, `second ${signal}: stopping at once`);
      process.exit(128 + STOP_SIGNALS[signal]);
    }
  }

  private onFatal(kind: string, error: unknown): void {
    this.crashed = true;
    const pending = this.running?.lifecycle.pending() ?? [];
    this.logger.fatal({ err: error, pending }, `${kind}: ${rootMessage(error)}; draining, then stopping`);
    if (!this.stopping) void this.stop(1);
  }

  private async stop(code: number): Promise<void> {
    const started = performance.now();
    this.stopping = true;
    if (!this.running) process.exit(code);
    const { app, lifecycle } = this.running;
    const { drainWait, shutdownTimeout } = this.config.current;
    const deadline = setTimeout(() => this.onDeadline(lifecycle, shutdownTimeout), shutdownTimeout);
    const hurry = setInterval(() => {
      if (performance.now() - started >= shutdownTimeout * GIVE_UP_AFTER) lifecycle.giveUp();
    }, shutdownTimeout / 10);
    // An app that was not ready yet has no clients that need time to notice.
    const wait = code === 0 && lifecycle.state === 'ready' ? drainWait : 0;
    lifecycle.startDraining();
    await delay(wait);
    try {
      await app.close();
      clearInterval(hurry);
      clearTimeout(deadline);
      this.report(performance.now() - started, await leftOpen(CLOSED_WITHIN_MS));
      await this.log.settled();
      process.exit(this.crashed ? 1 : code);
    } catch (error) {
      this.logger.error({ err: error }, 'the stop failed');
      process.exit(1);
    }
  }

  private report(durationMs: number, open: OpenResources): void {
    const duration_ms = Math.round(durationMs);
    if (Object.keys(open).length === 0) this.logger.log({ duration_ms }, 'stopped');
    else this.logger.warn({ duration_ms, left_open: open }, 'stopped; something was not closed');
  }

  private onDeadline(lifecycle: Lifecycle, timeout: number): void {
    const pending = lifecycle.pending();
    this.logger.error(
      { pending },
      `not stopped within ${timeout} ms; left behind: ${pending.join(', ') || 'nothing known'}`,
    );
    process.exit(1);
  }
}
