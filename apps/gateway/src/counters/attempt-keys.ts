import { uuidV7 } from '@app/ids';

/**
 * Generates the gateway's own keys, as UUIDv7s. Their time is this machine's clock, or a later time that a response
 * stated, from which keys are certainly new. So a gateway with a slow clock also continues after Redis has lost its
 * data.
 */
export class AttemptKeys {
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
