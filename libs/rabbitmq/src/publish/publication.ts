import type { BrokerMessage } from './broker-message.js';

export const PUBLISH_OUTCOMES = [
  'confirmed',
  'returned',
  'refused',
  'forbidden',
  'blocked',
  'expired',
  'unsendable',
] as const;

/** How a publish ended; the label of its metric. */
export type PublishOutcome = (typeof PUBLISH_OUTCOMES)[number];

export interface PublicationOptions {
  message: BrokerMessage;
  /** Milliseconds. */
  timeout: number;
  /** Ends the wait before its time. */
  signal?: AbortSignal | undefined;
  onEnd(publication: Publication, outcome: PublishOutcome, cause?: unknown): void;
}

/** A publish that waits for its confirm. It ends once; its publisher looks whether its time is up. */
export class Publication {
  readonly startedAt = performance.now();
  /** Whether it was sent once more because the broker returned it. */
  repeated = false;
  private ended = false;
  private unanswered = 0;

  constructor(private readonly options: PublicationOptions) {
    options.signal?.addEventListener('abort', this.giveUp, { once: true });
  }

  get message(): BrokerMessage {
    return this.options.message;
  }

  get settled(): boolean {
    return this.ended;
  }

  /** Whether the broker may have it: it was written to a channel at least once, and that was not answered. */
  get inDoubt(): boolean {
    return this.unanswered > 0;
  }

  /** It is written to a channel. */
  written(): void {
    this.unanswered += 1;
  }

  /** The broker has answered what was written last, or nothing was written after all. */
  answered(): void {
    this.unanswered -= 1;
  }

  /** @param now by the monotonic clock, in milliseconds */
  expire(now: number): void {
    if (now - this.startedAt >= this.options.timeout) this.end('expired');
  }

  /** A later ending changes nothing: the caller has been told. */
  end(outcome: PublishOutcome, cause?: unknown): void {
    if (this.ended) return;
    this.ended = true;
    this.options.signal?.removeEventListener('abort', this.giveUp);
    this.options.onEnd(this, outcome, cause);
  }

  private readonly giveUp = (): void => this.end('expired', this.options.signal?.reason);
}
