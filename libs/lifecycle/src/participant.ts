/**
 * Something that has a part in how an app stops. Each method is one phase; within a phase all participants
 * act at the same time, and the next phase begins when all are done. A phase that rejects is logged and does
 * not hold up the others.
 *
 * @publicApi
 */
export interface Participant {
  /** For the log: `http server`, `consumer task_queue`, `postgres`. */
  readonly name: string;
  /**
   * Its work can be done again, by another instance or after the next start. It is not accepted work: `giveUp` does not wait
   * for it. @default false
   */
  readonly isRepeatable?: boolean;
  /** The app is going away but still serves: tell clients to go elsewhere (`Connection: close`, GOAWAY). */
  startDraining?(): void;
  /** Take no new work: refuse requests, cancel consumers, stop timers. */
  stopIntake?(): Promise<void> | void;
  /** Resolve once everything that was accepted has been completed. */
  drain?(): Promise<void>;
  /** Bring to its place what is still held in memory: buffers, batches, telemetry. */
  flush?(): Promise<void>;
  /** Close what the phases before needed: connection pools. */
  close?(): Promise<void>;
  /**
   * The stop's time is nearly over and no accepted work is in flight: end every wait for a server that does not reply, so
   * that the phases can end. May be called several times.
   */
  giveUp?(): void;
  /** What is still going on, for the log line when the deadline left something. */
  pending?(): readonly string[];
}

/** The phases in their order. */
export const PHASES = ['stopIntake', 'drain', 'flush', 'close'] as const;
export type Phase = (typeof PHASES)[number];
