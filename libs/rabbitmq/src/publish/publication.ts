import type { BrokerMessage } from './broker-message.js';

/** How a publish ended; the label of its metric. */
export type PublishOutcome = 'confirmed' | 'returned' | 'refused' | 'expired';

/** A publish that waits for its confirm. It ends once, at the latest when its time is up. */
export class Publication {
  readonly startedAt = performance.now();
  private readonly timer: NodeJS.Timeout;
  private ended = false;

  constructor(
    readonly message: BrokerMessage,
    timeoutMs: number,
    private readonly onEnd: (publication: Publication, outcome: PublishOutcome, cause?: unknown) => void,
  ) {
    this.timer = setTimeout(() => this.end('expired'), timeoutMs);
  }

  get settled(): boolean {
    return this.ended;
  }

  /** A later ending changes nothing: the caller has been told. */
  end(outcome: PublishOutcome, cause?: unknown): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.timer);
    this.onEnd(this, outcome, cause);
  }
}
