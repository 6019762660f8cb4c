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

/** The outcome of a publish; also a metric label. */
export type PublishOutcome = (typeof PUBLISH_OUTCOMES)[number];

export interface PublicationOptions {
  message: BrokerMessage;
  /** Milliseconds. */
  timeout: number;
  /** Ends the wait before the timeout. */
  signal?: AbortSignal | undefined;
  onEnd(publication: Publication, outcome: PublishOutcome, cause?: unknown): void;
}

/** A publish that waits for its confirm. It ends once. Its publisher checks its timeout. */
export class Publication {
  readonly startedAt = performance.now();
  /** Whether it was sent again because the broker had returned it. */
  repeated = false;
  private ended = false;
  private pendingReplies = 0;

  constructor(private readonly options: PublicationOptions) {
    options.signal?.addEventListener('abort', this.abort, { once: true });
  }

  get message(): BrokerMessage {
    return this.options.message;
  }

  get settled(): boolean {
    return this.ended;
  }

  /** Whether the broker may have it: it was written to a channel, and the broker has not replied to that write. */
  get inDoubt(): boolean {
    return this.pendingReplies > 0;
  }

  /** Records that it is written to a channel. */
  markWritten(): void {
    this.pendingReplies += 1;
  }

  /** Records that the broker has replied to the last write, or that nothing was written. */
  markReplied(): void {
    this.pendingReplies -= 1;
  }

  /** @param now time of the monotonic clock, in milliseconds */
  expire(now: number): void {
    if (now - this.startedAt >= this.options.timeout) this.end('expired');
  }

  /** Ends the publication. Later calls change nothing: the caller has its result. */
  end(outcome: PublishOutcome, cause?: unknown): void {
    if (this.ended) return;
    this.ended = true;
    this.options.signal?.removeEventListener('abort', this.abort);
    this.options.onEnd(this, outcome, cause);
  }

  private readonly abort = (): void => this.end('expired', this.options.signal?.reason);
}
