import { type ConfigHandle, InjectConfig } from '@app/config';
import { RequestContext } from '@app/context';
import { Lifecycle, type Participant } from '@app/lifecycle';
import { OutageLog } from '@app/logging';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type DeadLettersConfig, deadLettersConfig } from './dead-letters.config.js';
import { RedriveStore } from './redrive.store.js';

/** Batches per second. It spreads the dead letters of one second over that second. */
const PER_SECOND = 10;
/** How often it polls for dead letters that another worker has accepted, in milliseconds. */
const POLL_MS = 1_000;
/** The longest pause after failures, in milliseconds. */
const MAX_PAUSE_MS = 15_000;

/**
 * Publishes the dead letters that were accepted for redrive, at `dead_letters.redrive_rate`. They stay in the database
 * until they are published, so when one worker crashes, another continues.
 */
@Injectable()
export class Redriver implements OnApplicationBootstrap, Participant {
  readonly name = 'dead letter redriver';
  readonly isRepeatable = true;
  private readonly outage = new OutageLog(new Logger(Redriver.name), {
    subject: 'Sending dead letters again',
    dependent: true,
  });
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;

  constructor(
    @InjectConfig(deadLettersConfig) private readonly config: ConfigHandle<DeadLettersConfig>,
    private readonly store: RedriveStore,
    lifecycle: Lifecycle,
  ) {
    lifecycle.register(this);
  }

  onApplicationBootstrap(): void {
    this.wake();
  }

  /** Starts sending at once, unless it is running or stopped. */
  wake(): void {
    if (this.stopped || this.running) return;
    clearTimeout(this.timer);
    // The caller does not wait for it, so the caller's deadline does not apply.
    this.running = RequestContext.detach(() => this.run());
  }

  stopIntake(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  async drain(): Promise<void> {
    await this.running;
  }

  pending(): string[] {
    return this.running ? ['a batch of letters'] : [];
  }

  private async run(): Promise<void> {
    const pause = await this.send();
    this.running = undefined;
    if (!this.stopped) this.timer = setTimeout(() => this.wake(), pause);
  }

  /** Sends a batch. Resolves with the pause until the next one, in milliseconds. */
  private async send(): Promise<number> {
    try {
      const { redriveRate } = this.config.current;
      const more = await this.store.send(Math.ceil(redriveRate / PER_SECOND), redriveRate);
      this.outage.recovered();
      return more ? 1_000 / PER_SECOND : POLL_MS;
    } catch (error) {
      this.outage.failed(error);
      return this.outage.pause({ first: POLL_MS, longest: MAX_PAUSE_MS });
    }
  }
}
