import { uuidV7 } from '@app/ids';

/**
 * The gateway's own keys, UUIDv7s. Their time is that of this machine, or later where an answer has said from when on a
 * key is known to be new: so also a gateway whose clock is late goes on after Redis has lost its data.
 */
export class AttemptKeys {
  private newFrom = 0;

  next(): string {
    return uuidV7(Math.max(Date.now(), this.newFrom));
  }

  /** @param time in milliseconds since 1970 from which on a key is known to be new */
  learn(time: number): void {
    if (time > this.newFrom) this.newFrom = time;
  }
}
