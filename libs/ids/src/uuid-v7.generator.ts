import { uuidV7 } from './uuid-v7.js';

/**
 * Generates UUIDv7s as keys of calls. Their time is this machine's clock, or a later minimum. A server that has lost its
 * data states from which time keys are certainly new; a client with a slow clock then sets that time.
 */
export class UuidV7Generator {
  private newFrom = 0;

  next(): string {
    return uuidV7(Math.max(Date.now(), this.newFrom));
  }

  /**
   * Sets the minimum time of the next keys.
   *
   * @param time from which keys are certainly new, in milliseconds since 1970
   */
  advanceTo(time: number): void {
    if (time > this.newFrom) this.newFrom = time;
  }
}
