import { RequestContext } from '@app/context';
import { OutageLog } from '@app/logging';
import { Logger } from '@nestjs/common';

/**
 * One indicator of the loss of a dependency: a connection, or the check.
 *
 * @publicApi
 */
export interface DependencySignal {
  /** The dependency does not answer. May be called for each failed attempt. */
  lost(error?: unknown): void;
  /** The dependency answers. Does nothing when it was not lost. */
  back(): void;
}

/** Consecutive failed checks that make an outage: a busy process can exceed the time-out of one check. */
const FAILED_CHECKS = 2;

/**
 * The state of one dependency of an app, and the log of its outages: one warning when it is lost, one line when it has
 * recovered. The outage begins when the first signal is lost and ends when all have recovered, so that several
 * connections to one server have one outage. Get one from `Readiness.dependency`.
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

  /** @param recheck requests a check now */
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

  /** Whether there is an outage. */
  get isLost(): boolean {
    return this.lost.size > 0;
  }

  /** Whether the last check failed, even if that is not an outage yet. */
  get isSuspect(): boolean {
    return this.isLost || this.failedChecks > 0;
  }

  /** The signal of a connection that reconnects whenever it is lost; each `source` is counted separately. */
  connection(source: string): DependencySignal {
    return {
      lost: (error) => this.lose(source, error),
      back: () => this.restore(source),
    };
  }

  /** Requests a check: a call failed as if the dependency were lost, or succeeded during an outage. */
  suspect(): void {
    if (!this.stopped) this.recheck();
  }

  /** Records the result of a check. */
  checked(error?: unknown): void {
    if (error === undefined) {
      this.failedChecks = 0;
      this.restore(CHECK);
    } else {
      this.failedChecks += 1;
      if (this.failedChecks >= FAILED_CHECKS) this.lose(CHECK, error);
    }
  }

  /** Stops logging, because the app closes its connections itself. */
  stop(): void {
    this.stopped = true;
  }

  private lose(source: string, error: unknown): void {
    if (this.stopped) return;
    this.lost.add(source);
    // An outage does not belong to a request, even if a request detected it.
    RequestContext.detach(() => this.outage.failed(error));
  }

  private restore(source: string): void {
    if (this.lost.delete(source) && !this.isLost && !this.stopped)
      RequestContext.detach(() => this.outage.recovered());
  }
}

const CHECK = 'check';
