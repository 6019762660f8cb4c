import type { DependencySignal } from '@app/lifecycle';
import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { withCode } from './driver-error.js';
import { isCluster, type RedisClient } from './redis.client.js';

const HEARTBEAT_MS = 1000;

/**
 * Monitors a connection. A heartbeat detects a broken connection even if it is not used: if there is no reply within
 * the command time-out, the driver closes it and reconnects. The watch reports loss and recovery to the dependency.
 */
export class ConnectionWatch {
  private readonly logger = new Logger('Redis');
  private readonly heartbeat: NodeJS.Timeout;
  private lastError: unknown;
  private wasLost = false;

  constructor(
    private readonly client: RedisClient,
    private readonly place: string,
    private readonly signal: DependencySignal,
  ) {
    client.on('error', this.note);
    client.on('node error', this.note);
    client.on('ready', this.onReady);
    client.on('close', this.onClose);
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS).unref();
  }

  stop(): void {
    clearInterval(this.heartbeat);
    // The error listener stays, because the driver prints errors without a listener.
    this.client.off('ready', this.onReady).off('close', this.onClose);
  }

  private beat(): void {
    const nodes: Redis[] = isCluster(this.client) ? this.client.nodes() : [this.client];
    for (const node of nodes) if (node.status === 'ready') node.ping().catch(this.note);
  }

  private readonly note = (error?: Error | null): void => {
    if (error) this.lastError = withCode(error);
  };

  private readonly onReady = (): void => {
    if (this.wasLost) this.signal.back();
    else this.logger.log(`connected to Redis at ${this.place}`);
    this.wasLost = false;
    this.lastError = undefined;
  };

  private readonly onClose = (): void => {
    this.wasLost = true;
    this.signal.lost(this.lastError);
  };
}
