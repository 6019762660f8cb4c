import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Participant, Phase } from './participant.js';

/** @publicApi */
export type LifecycleState = 'starting' | 'ready' | 'draining' | 'stopped';

const PHASE_NAMES: Record<Phase, string> = {
  stopIntake: 'intake stopped',
  drain: 'in-flight work drained',
  flush: 'buffers flushed',
  close: 'connections closed',
};

/**
 * Coordinates the shutdown of an app. Libs register participants; Nest's own hooks run the phases, so that
 * `app.close()` in a test and SIGTERM in production take the same path. In `beforeApplicationShutdown` intake stops,
 * work is drained and buffers are flushed. Then Nest closes its servers. In `onApplicationShutdown`, when nothing
 * uses them any more, pools are closed.
 *
 * @publicApi
 */
@Injectable()
export class Lifecycle implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger(Lifecycle.name);
  private readonly participants: Participant[] = [];
  private readonly unfinished = new Map<Participant, Phase>();
  private current: LifecycleState = 'starting';

  get state(): LifecycleState {
    return this.current;
  }

  /** Whether the app is shutting down. False during start-up, when drivers are already used. */
  get stopping(): boolean {
    return this.current === 'draining' || this.current === 'stopped';
  }

  register(participant: Participant): void {
    this.participants.push(participant);
  }

  /** Called when the app has started and every transport is open. */
  markReady(): void {
    if (this.current === 'starting') this.current = 'ready';
  }

  /** Called on the stop signal: the app is no longer ready, but still serves. */
  startDraining(): void {
    if (this.stopping) return;
    this.current = 'draining';
    for (const participant of this.participants) participant.startDraining?.();
  }

  /** Pending work by participant. A participant that reports no work is listed with the phase that it has not ended. */
  pending(): string[] {
    return this.participants.flatMap((participant) => {
      const unfinished = this.unfinished.get(participant);
      const work = participant.pending?.() ?? [];
      const all = work.length === 0 && unfinished !== undefined ? [unfinished] : work;
      return all.map((what) => `${participant.name}: ${what}`);
    });
  }

  /**
   * Called when the shutdown's time is nearly over: participants stop waiting for servers that do not reply. Does
   * nothing while accepted work is in flight; such work has time until the deadline.
   */
  giveUp(): void {
    const accepting = this.participants.filter(({ isRepeatable = false }) => !isRepeatable);
    if (accepting.some((participant) => (participant.pending?.() ?? []).length > 0)) return;
    this.logger.warn(
      { pending: this.pending() },
      'the shutdown takes long; running statements are cancelled',
    );
    for (const participant of this.participants) participant.giveUp?.();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.startDraining();
    await this.run('stopIntake');
    await this.run('drain');
    await this.run('flush');
  }

  async onApplicationShutdown(): Promise<void> {
    await this.run('close');
    this.current = 'stopped';
  }

  private async run(phase: Phase): Promise<void> {
    const started = performance.now();
    await Promise.all(this.participants.map((participant) => this.runOne(participant, phase)));
    this.logger.log({ phase, duration_ms: Math.round(performance.now() - started) }, PHASE_NAMES[phase]);
  }

  private async runOne(participant: Participant, phase: Phase): Promise<void> {
    this.unfinished.set(participant, phase);
    try {
      await participant[phase]?.();
    } catch (error) {
      this.logger.error(
        { err: error, participant: participant.name, phase },
        `${participant.name} failed to stop cleanly`,
      );
    } finally {
      this.unfinished.delete(participant);
    }
  }
}
