import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import {
  AmqpFrames,
  blockedFrame,
  internalErrorFrame,
  isConsumeOf,
  isPublish,
  unblockedFrame,
} from './amqp-frames.js';

interface Link {
  readonly near: Socket;
  readonly far: Socket;
  blocked: boolean;
}

/**
 * A proxy between an app and RabbitMQ that parses AMQP frames. It resets connections after a given frame, and simulates
 * a memory alarm of the broker: a publishing connection receives `connection.blocked`, and is no longer read.
 */
export class AmqpProxy {
  private readonly server: Server;
  private readonly links = new Set<Link>();
  private remaining = Infinity;
  private passed = 0;
  private alarm: string | undefined;
  private leaderless: string | undefined;

  private constructor(private readonly target: { host: string; port: number }) {
    this.server = createServer((near) => this.accept(near));
  }

  /** @param url of the broker */
  static async before(url: string): Promise<AmqpProxy> {
    const { hostname, port } = new URL(url);
    const proxy = new AmqpProxy({ host: hostname, port: Number(port) });
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  /** The broker's address through this proxy. */
  urlFor(url: string): string {
    const address = new URL(url);
    address.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return address.href;
  }

  /** The number of frames that passed since `cutNow` or `cutAfter`. */
  get frames(): number {
    return this.passed;
  }

  /** Whether the cut of `cutAfter` has happened. */
  get isCut(): boolean {
    return this.remaining === Infinity;
  }

  /** Resets every connection now, and again after `frames` more have passed on the new ones. */
  cutAfter(frames: number): void {
    this.cutNow();
    this.remaining = frames;
  }

  cutNow(): void {
    this.remaining = Infinity;
    this.passed = 0;
    for (const { near, far } of this.links) for (const socket of [near, far]) socket.destroy();
  }

  /** From now on a connection is blocked after its next basic.publish. */
  raiseAlarm(reason: string): void {
    this.alarm = reason;
  }

  /** From now on the connection of every consumer of this queue is closed, as if the queue had no leader. */
  takeLeaderOf(queue: string): void {
    this.leaderless = queue;
  }

  giveLeaderBack(): void {
    this.leaderless = undefined;
  }

  clearAlarm(): void {
    this.alarm = undefined;
    for (const link of this.links) {
      if (link.blocked) link.near.write(unblockedFrame());
      link.blocked = false;
      link.near.resume();
    }
  }

  async close(): Promise<void> {
    this.cutNow();
    this.server.close();
    if (this.server.listening) await once(this.server, 'close');
  }

  private accept(near: Socket): void {
    const far = connect(this.target);
    const link = { near, far, blocked: false };
    this.links.add(link);
    this.forward(near, far, 'client', (frame) => {
      if (this.alarm !== undefined && isPublish(frame)) this.block(link, this.alarm);
      if (this.leaderless !== undefined && isConsumeOf(frame, this.leaderless))
        near.end(internalErrorFrame());
    });
    this.forward(far, near, 'broker');
    near.once('close', () => this.links.delete(link));
  }

  private forward(from: Socket, to: Socket, side: 'client' | 'broker', look?: (frame: Buffer) => void): void {
    const frames = new AmqpFrames(side);
    from.on('error', () => undefined).once('close', () => to.destroy());
    from.on('data', (chunk: Buffer) => {
      to.write(chunk);
      const read = frames.read(chunk);
      for (const frame of read) look?.(frame);
      this.passed += read.length;
      this.remaining -= read.length;
      if (this.remaining <= 0) this.cutNow();
    });
  }

  private block(link: Link, reason: string): void {
    if (link.blocked) return;
    link.blocked = true;
    link.near.write(blockedFrame(reason));
    link.near.pause();
  }
}
