import { AsyncResource } from 'node:async_hooks';
import { isDeepStrictEqual } from 'node:util';
import { CancelledError } from '@app/errors';
import { bulkhead, BulkheadRejectedError, type BulkheadPolicy } from 'cockatiel';
import type { BulkheadSettings } from './resilience.config.js';
import { BulkheadFullError } from './resilience.errors.js';

/** Limits of a call's wait in the queue. */
export interface QueueWait {
  /** Milliseconds, if that is less than the bulkhead's own limit. */
  readonly ms: number;
  readonly signal: AbortSignal | undefined;
}

/** Limits the concurrent calls of a policy: cockatiel's bulkhead, with a limited wait in the queue. */
export class Bulkhead {
  private policy: BulkheadPolicy;

  constructor(
    private readonly target: string,
    private settings: BulkheadSettings,
  ) {
    this.policy = bulkhead(settings.maxConcurrent, settings.queue);
  }

  get active(): number {
    return this.settings.maxConcurrent - this.policy.executionSlots;
  }

  get waiting(): number {
    return this.settings.queue - this.policy.queueSlots;
  }

  /** Sets other limits; running and waiting calls keep the old ones. */
  configure(settings: BulkheadSettings): void {
    if (isDeepStrictEqual(settings, this.settings)) return;
    this.settings = settings;
    this.policy = bulkhead(settings.maxConcurrent, settings.queue);
  }

  /** @throws BulkheadFullError without calling `work` */
  execute<T>(work: () => Promise<T>, queueWait: () => QueueWait): Promise<T> {
    if (this.policy.executionSlots > 0) return this.policy.execute(work);
    if (this.policy.queueSlots > 0) return this.enqueue(work, queueWait());
    return Promise.reject(this.refusal());
  }

  private async enqueue<T>(work: () => Promise<T>, { ms, signal }: QueueWait): Promise<T> {
    const { target } = this;
    const left = new AbortController();
    let admitted = false;
    const leave = (error: Error) => (admitted ? undefined : left.abort(error));
    const wait = Math.min(ms, this.settings.queueTimeout);
    const timer = setTimeout(() => leave(BulkheadFullError.queueTimeout(target)), wait);
    const cancel = () => leave(CancelledError.of(`the call to ${target}`, signal?.reason));
    signal?.addEventListener('abort', cancel, { once: true });
    const gone = new Promise<never>((_, reject) =>
      left.signal.addEventListener('abort', () => reject(left.signal.reason as Error), { once: true }),
    );
    // Another call's end admits it, so it must be bound to its own context.
    const admit = AsyncResource.bind(() => {
      admitted = true;
      return work();
    });
    try {
      return await Promise.race([this.policy.execute(admit, left.signal), gone]);
    } catch (thrown) {
      throw thrown instanceof BulkheadRejectedError ? this.refusal() : thrown;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    }
  }

  private refusal(): BulkheadFullError {
    const { target, settings } = this;
    return settings.queue > 0 ? BulkheadFullError.queueFull(target) : BulkheadFullError.overloaded(target);
  }
}
