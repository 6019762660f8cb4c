import { randomUUID } from 'node:crypto';

/**
 * The gateway's own keys, UUIDv7s. Their time is that of this machine, or later where an answer has said from when on a
 * key is known to be new: so also a gateway whose clock is late goes on after Redis has lost its data.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
 */
export class AttemptKeys {
  private newFrom = 0;

  next(): string {
    const time = Math.max(Date.now(), this.newFrom).toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
  }

  /** @param time in milliseconds since 1970 from which on a key is known to be new */
  learn(time: number): void {
    if (time > this.newFrom) this.newFrom = time;
  }
}
