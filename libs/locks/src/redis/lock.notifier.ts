import { randomUUID } from 'node:crypto';
import { PubSub, type Subscription } from '@app/redis';
import { Injectable, Logger } from '@nestjs/common';

const TRY_AGAIN_MS = 1000;

/** Rings when a waiter's turn has come: one channel for all waiters of this process. */
@Injectable()
export class LockNotifier {
  private readonly logger = new Logger('Locks');
  readonly channel = `locks:${randomUUID()}`;
  private readonly waiters = new Map<string, () => void>();
  private subscription: Promise<Subscription> | undefined;
  private current: Subscription | undefined;
  private nextTry = 0;

  constructor(private readonly pubSub: PubSub) {}

  /** Whether it can be relied upon at the moment; otherwise a waiter has to look for itself. */
  get working(): boolean {
    return this.current?.established ?? false;
  }

  /** Calls `ring` when it is the token's turn, until the returned function is called. */
  listen(token: string, ring: () => void): () => void {
    this.open();
    this.waiters.set(token, ring);
    return () => void this.waiters.delete(token);
  }

  private open(): void {
    if (this.subscription || performance.now() < this.nextTry) return;
    const onGap = () => {
      for (const ring of this.waiters.values()) ring();
    };
    this.subscription = this.pubSub.subscribe(this.channel, (token) => this.waiters.get(token)?.(), {
      onGap,
    });
    this.subscription
      .then((subscription) => {
        this.current = subscription;
        onGap();
      })
      .catch((error: unknown) => {
        this.subscription = undefined;
        this.nextTry = performance.now() + TRY_AGAIN_MS;
        this.logger.debug({ err: error }, 'waiters are not told of their turn; they look for themselves');
      });
  }
}
