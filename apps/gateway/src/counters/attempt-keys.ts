import { randomUUID } from 'node:crypto';

/**
 * Generates the gateway's own keys, as UUIDv7s. Their time is this machine's clock, or a later time that a response
 * stated, from which keys are certainly new. So a gateway with a slow clock also continues after Redis has lost its
 * data.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
 */
export class AttemptKeys {
  private newFrom = 0;

  next(): string {
    const time = Math.max(Date.now(), this.newFrom).toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
  }

  /** @param time the time from which keys are certainly new, in milliseconds since 1970 */
  learn(time: number): void {
    if (time > this.newFrom) this.newFrom = time;
  }
}
