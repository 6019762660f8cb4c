import { once } from 'node:events';
import type { Redis } from 'ioredis';

/** One connection with its channels; after each reconnect it subscribes to them again. */
export class Subscriber {
  private readonly wanted = new Set<string>();
  private readonly standing = new Set<string>();

  /**
   * @param onMessage called with each message of a channel
   * @param onRestored called with the channels that are active again after the connection was lost
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

  /** Resolves when the channel is active. @throws when it is not within `timeout` milliseconds */
  async add(channel: string, timeout: number): Promise<void> {
    this.wanted.add(channel);
    const signal = AbortSignal.timeout(timeout);
    if (this.client.status === 'ready') await this.request([channel]);
    while (!this.standing.has(channel)) await once(this.client, STANDING, { signal });
  }

  async remove(channel: string): Promise<void> {
    this.wanted.delete(channel);
    if (!this.standing.delete(channel) || this.client.status !== 'ready') return;
    // If this fails, the connection is lost, and the channel with it.
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
      // A new connection subscribes to all of them again.
      this.client.disconnect(true);
      return false;
    }
  }
}

const STANDING = 'channels standing';
