import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { isCluster, type RedisClient } from './redis.client.js';

const HEARTBEAT_MS = 1000;

/**
 * Looks after a connection: a heartbeat makes a broken one known though nobody uses it (what gets no answer within the
 * command's time-out is closed and made anew by the driver), and the log tells when it is gone and when it is back.
 */
export class ConnectionWatch {
  private readonly logger = new Logger('Redis');
  private readonly heartbeat: NodeJS.Timeout;
  private lost = false;
  private lastError: Error | undefined;

  constructor(
    private readonly client: RedisClient,
    private readonly place: string,
  ) {
    client.on('error', this.note);
    client.on('node error', this.note);
    client.on('ready', this.onReady);
    client.on('close', this.onClose);
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS).unref();
  }

  stop(): void {
    clearInterval(this.heartbeat);
    // The driver prints errors that nobody listens to; so that one listener stays.
    this.client.off('ready', this.onReady).off('close', this.onClose);
  }

  private beat(): void {
    const nodes: Redis[] = isCluster(this.client) ? this.client.nodes() : [this.client];
    for (const node of nodes) if (node.status === 'ready') node.ping().catch(this.note);
  }

  private readonly note = (error?: Error | null): void => {
    if (error) this.lastError = error;
  };

  private readonly onReady = (): void => {
    this.lost = false;
    this.logger.log(`connected to Redis at ${this.place}`);
  };

  private readonly onClose = (): void => {
    if (this.lost) return;
    this.lost = true;
    this.logger.warn(
      { err: this.lastError },
      `there is no connection to Redis at ${this.place}; trying again`,
    );
  };
}
