import { RequestContext } from '@app/context';
import { OutageLog } from '@app/logging';
import { Logger } from '@nestjs/common';

/**
 * One way in which the loss of a dependency shows: a connection, or the check.
 *
 * @publicApi
 */
export interface DependencySignal {
  /** The dependency does not answer here. May be called for each attempt that fails. */
  lost(error?: unknown): void;
  /** It answers here. Does nothing when it was not lost. */
  back(): void;
}

/** So many checks in a row must fail: a busy process can miss the time-out of one. */
const FAILED_CHECKS = 2;

/**
 * What an app sees of one of its dependencies, and the log of its outages: one warning when it is lost, one line when it
 * is back. The outage begins with the first signal that is lost and ends when all are back, so that several connections
 * to one server have one outage. Get one from `Readiness.dependency`.
 *
 * @publicApi
 */
export class Dependency {
  /** As the subject of a sentence: `Redis at localhost:6379`. */
  subject: string;
  private readonly outage: OutageLog;
  private readonly lost = new Set<string>();
  private failedChecks = 0;
  private stopped = false;

  /** @param recheck asks for a check now */
  constructor(
    readonly name: string,
    private readonly recheck: () => void,
  ) {
    this.subject = name;
    const subject = () => this.subject;
    this.outage = new OutageLog(new Logger('Dependencies'), {
      fields: { dependency: name },
      get subject() {
        return subject();
      },
    });
  }

  /** Whether an outage lasts. */
  get isLost(): boolean {
    return this.lost.size > 0;
  }

  /** Whether the last check failed, even if that may not be an outage yet. */
  get isSuspect(): boolean {
    return this.isLost || this.failedChecks > 0;
  }

  /** The signal of a connection that is made again whenever it is lost; each `source` counts by itself. */
  connection(source: string): DependencySignal {
    return {
      lost: (error) => this.lose(source, error),
      back: () => this.restore(source),
    };
  }

  /** Work failed as it does without the dependency, or works again in an outage: a check decides. */
  suspect(): void {
    if (!this.stopped) this.recheck();
  }

  /** What a check has found. */
  checked(error?: unknown): void {
    if (error === undefined) {
      this.failedChecks = 0;
      this.restore(CHECK);
    } else {
      this.failedChecks += 1;
      if (this.failedChecks >= FAILED_CHECKS) this.lose(CHECK, error);
    }
  }

  /** From now on nothing is logged: the app closes its connections itself. */
  stop(): void {
    this.stopped = true;
  }

  private lose(source: string, error: unknown): void {
    if (this.stopped) return;
    this.lost.add(source);
    // An outage is nobody's request, though one may have met it first.
    RequestContext.detach(() => this.outage.lost(error));
  }

  private restore(source: string): void {
    if (this.lost.delete(source) && !this.isLost && !this.stopped)
      RequestContext.detach(() => this.outage.back());
  }
}

const CHECK = 'check';
