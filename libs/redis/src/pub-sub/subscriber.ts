import { once } from 'node:events';
import type { Redis } from 'ioredis';

/** One connection with the channels that are wanted on it; whenever it is made anew, so are they. */
export class Subscriber {
  private readonly wanted = new Set<string>();
  private readonly standing = new Set<string>();

  /**
   * @param onMessage a message of a channel
   * @param onRestored the channels that stand again after the connection was unavailable
   */
  constructor(
    private readonly client: Redis,
    onMessage: (channel: string, message: string) => void,
    private readonly onRestored: (channels: readonly string[]) => void,
  ) {
    client.on('message', onMessage);
    client.on('ready', () => void this.restore());
    client.on('close', () => this.standing.clear());
  }

  has(channel: string): boolean {
    return this.standing.has(channel);
  }

  /** Resolves when the channel stands. @throws when it does not within the time, in milliseconds */
  async add(channel: string, timeout: number): Promise<void> {
    this.wanted.add(channel);
    const signal = AbortSignal.timeout(timeout);
    if (this.client.status === 'ready') await this.request([channel]);
    while (!this.standing.has(channel)) await once(this.client, STANDING, { signal });
  }

  async remove(channel: string): Promise<void> {
    this.wanted.delete(channel);
    if (!this.standing.delete(channel) || this.client.status !== 'ready') return;
    // Where it fails the connection is gone, and the channel with it.
    await this.client.unsubscribe(channel).catch(() => undefined);
  }

  private async restore(): Promise<void> {
    const channels = [...this.wanted];
    if (channels.length > 0 && (await this.request(channels))) this.onRestored(channels);
  }

  private async request(channels: readonly string[]): Promise<boolean> {
    try {
      await this.client.subscribe(...channels);
      for (const channel of channels) if (this.wanted.has(channel)) this.standing.add(channel);
      this.client.emit(STANDING);
      return true;
    } catch {
      // A new connection asks again for all of them.
      this.client.disconnect(true);
      return false;
    }
  }
}

const STANDING = 'channels standing';
