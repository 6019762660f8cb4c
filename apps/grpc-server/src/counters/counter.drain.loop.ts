import { type ConfigHandle, InjectConfig } from '@app/config';
import { toAppError } from '@app/errors';
import { Lifecycle, type Participant } from '@app/lifecycle';
import { logError } from '@app/logging';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { CounterDrain } from './counter.drain.js';
import { type CountersConfig, countersConfig } from './counters.config.js';

/** Drains as long as the app runs, and once more when it stops. */
@Injectable()
export class CounterDrainLoop implements OnApplicationBootstrap, Participant {
  readonly name = 'counter drain';
  private readonly logger = new Logger(CounterDrainLoop.name);
  private timer: NodeJS.Timeout | undefined;
  private pass: Promise<void> = Promise.resolve();
  private stopped = false;
  private failing = false;

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

  /** The last pass, after the last increment was answered. */
  async flush(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.pass;
    await this.runPass();
  }

  private schedule(took: number): void {
    if (this.stopped) return;
    // Twice in an interval: what was counted before a pass is in PostgreSQL before the interval is over, with the
    // time of the pass itself.
    const pause = Math.max(this.config.current.drainInterval / 2 - took, 0);
    this.timer = setTimeout(() => {
      const started = performance.now();
      this.pass = this.runPass().finally(() => this.schedule(performance.now() - started));
    }, pause);
  }

  private async runPass(): Promise<void> {
    try {
      await this.drainer.drainAll();
      if (this.failing) this.logger.log('the journal of the counters is drained again');
      this.failing = false;
    } catch (error) {
      // Once, not with every pass: the metric of the lag tells how long it lasts.
      if (!this.failing) logError(this.logger, toAppError(error));
      this.failing = true;
    }
  }
}
