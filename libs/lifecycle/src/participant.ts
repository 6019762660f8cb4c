/**
 * A component that takes part in the shutdown of an app. Each method is one phase. Within a phase all participants
 * act at the same time, and the next phase begins when all are done. A rejection is logged and does not delay the
 * others.
 *
 * @publicApi
 */
export interface Participant {
  /** Name in the log: `http server`, `consumer task_queue`, `postgres`. */
  readonly name: string;
  /**
   * Whether its work can be repeated, by another instance or after the next start. It does not count as accepted work:
   * `giveUp` does not wait for it. @default false
   */
  readonly isRepeatable?: boolean;
  /** The app is about to stop but still serves: ask clients to reconnect elsewhere (`Connection: close`, GOAWAY). */
  startDraining?(): void;
  /** Accept no new work: reject requests, cancel consumers, stop timers. */
  stopIntake?(): Promise<void> | void;
  /** Resolve once all accepted work is completed. */
  drain?(): Promise<void>;
  /** Write the data that is still in memory: buffers, batches, telemetry. */
  flush?(): Promise<void>;
  /** Close resources that the earlier phases needed: connection pools. */
  close?(): Promise<void>;
  /**
   * The shutdown's time is nearly over and no accepted work is in flight: stop waiting for servers that do not reply,
   * so that the phases can end. May be called several times.
   */
  giveUp?(): void;
  /** Pending work, for the log line when the deadline passes before it is done. */
  pending?(): readonly string[];
}

/** The phases in their order. */
export const PHASES = ['stopIntake', 'drain', 'flush', 'close'] as const;
export type Phase = (typeof PHASES)[number];
