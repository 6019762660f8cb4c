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

  /** The app has started: every door is open. */
  markReady(): void {
    if (this.current === 'starting') this.current = 'ready';
  }

  /** The app was told to stop: not ready any more, but it still serves. */
  startDraining(): void {
    if (this.stopping) return;
    this.current = 'draining';
    for (const participant of this.participants) participant.startDraining?.();
  }

  /** What is still going on, by participant. */
  pending(): string[] {
    return this.participants.flatMap((participant) =>
      (participant.pending?.() ?? []).map((work) => `${participant.name}: ${work}`),
    );
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
    try {
      await participant[phase]?.();
    } catch (error) {
      this.logger.error(
        { err: error, participant: participant.name, phase },
        `${participant.name} failed to stop cleanly`,
      );
    }
  }
}
