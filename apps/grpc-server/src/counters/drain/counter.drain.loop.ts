import { type ConfigHandle, InjectConfig } from '@app/config';
import { Lifecycle, type Participant } from '@app/lifecycle';
import { OutageLog } from '@app/logging';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { CounterDrain } from './counter.drain.js';
import { type CountersConfig, countersConfig } from '../counters.config.js';

/** The longest pause after failures, in milliseconds. */
const MAX_PAUSE_MS = 5_000;

/** Writes the journals of the counters from Redis to PostgreSQL while the app runs, and once more when it stops. */
@Injectable()
export class CounterDrainLoop implements OnApplicationBootstrap, Participant {
  readonly name = 'counter drain';
  private readonly outage = new OutageLog(new Logger(CounterDrainLoop.name), {
    subject: 'Draining the journal of the counters',
    dependent: true,
  });
  private timer: NodeJS.Timeout | undefined;
  private pass: Promise<void> = Promise.resolve();
  private stopped = false;
  private isGivenUp = false;

  constructor(
    private readonly drainer: CounterDrain,
    @InjectConfig(countersConfig) private readonly config: ConfigHandle<CountersConfig>,
    lifecycle: Lifecycle,
  ) {
    lifecycle.register(this);
  }

  onApplicationBootstrap(): void {
    this.schedule(0);
  }

  /** Runs the last pass. At this phase of the shutdown the server has answered every increment. */
  async flush(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.pass;
    if (!this.isGivenUp) await this.runPass();
  }

  /** Skips the last pass, because Redis or PostgreSQL does not reply. The next process drains the journal. */
  giveUp(): void {
    this.isGivenUp = true;
  }

  private schedule(lastPassMs: number): void {
    if (this.stopped) return;
    // Two passes per interval: an increment then reaches PostgreSQL within the interval, including the time of the
    // pass.
    const interval = this.config.current.drainInterval / 2;
    const pause = this.outage.isOngoing
      ? this.outage.pause({ first: interval, longest: Math.max(interval, MAX_PAUSE_MS) })
      : Math.max(interval - lastPassMs, 0);
    this.timer = setTimeout(() => {
      const started = performance.now();
      this.pass = this.runPass().finally(() => this.schedule(performance.now() - started));
    }, pause);
  }

  private async runPass(): Promise<void> {
    try {
      await this.drainer.drainAll();
      this.outage.recovered();
    } catch (error) {
      this.outage.failed(error);
    }
  }
}
