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
 * The one coordinator of how an app stops. Libs register themselves as participants; Nest's own hooks run the
 * phases, so that `app.close()` in a test and SIGTERM in production are the same path: intake stops, work is
 * drained and buffers are flushed in `beforeApplicationShutdown`; then Nest closes its servers; pools close in
 * `onApplicationShutdown`, when nothing can need them any more.
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

  /** Whether the app takes work at this moment; drivers may be asked before it is ready. */
  get stopping(): boolean {
    return this.current === 'draining' || this.current === 'stopped';
  }

  register(participant: Participant): void {
    this.participants.push(participant);
  }

  /** The app has started: every transport is open. */
  markReady(): void {
    if (this.current === 'starting') this.current = 'ready';
  }

  /** The app was told to stop: not ready any more, but it still serves. */
  startDraining(): void {
    if (this.stopping) return;
    this.current = 'draining';
    for (const participant of this.participants) participant.startDraining?.();
  }

  /** What is still going on, by participant; one that names no work is named with the phase that it has not ended. */
  pending(): string[] {
    return this.participants.flatMap((participant) => {
      const unfinished = this.unfinished.get(participant);
      const work = participant.pending?.() ?? [];
      const all = work.length === 0 && unfinished !== undefined ? [unfinished] : work;
      return all.map((what) => `${participant.name}: ${what}`);
    });
  }

  /**
   * The stop's time is nearly over: no participant waits any longer for a server that does not reply. Does nothing while
   * accepted work is in flight, which has its time until the deadline.
   */
  giveUp(): void {
    const accepting = this.participants.filter(({ isRepeatable = false }) => !isRepeatable);
    if (accepting.some((participant) => (participant.pending?.() ?? []).length > 0)) return;
    this.logger.warn({ pending: this.pending() }, 'the stop takes long; statements under way are given up');
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
