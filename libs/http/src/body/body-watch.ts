import { type ConfigHandle, InjectConfig } from '@app/config';
import type { AppError } from '@app/errors';
import { UnorderedPool, Lifecycle } from '@app/lifecycle';
import { Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { checkIntervalFor } from '../connection/check-interval.js';
import { type HttpConfig, httpConfig } from '../http.config.js';
import { HttpRequestError } from '../http.errors.js';
import type { ArrivingBody } from './arriving-body.js';
import { refuseSmallChunks } from './small-chunks.js';

/** Maximum of intervals that count after our own event loop was blocked. */
const MAX_INTERVALS = 4;

/** Replies to a request whose body nothing reads; false when it already has a reply. */
export type Answer = (request: IncomingMessage, error: AppError) => boolean;

/**
 * Cuts off clients that send their body too slowly, whether a parser, an upload or nothing reads it. One timer
 * checks all connections; a body that arrives at once costs only a flag.
 */
@Injectable()
export class BodyWatch {
  private readonly bodies = new UnorderedPool<ArrivingBody>();
  private readonly interval: number;
  private timer: NodeJS.Timeout | undefined;
  private checkedAt = 0;
  private answer: Answer = () => false;

  constructor(
    @InjectConfig(httpConfig) private readonly config: ConfigHandle<HttpConfig>,
    lifecycle: Lifecycle,
  ) {
    const { bodyTimeout, bodyRateWindow } = config.current;
    this.interval = checkIntervalFor(bodyTimeout, bodyRateWindow);
    lifecycle.register({ name: 'http bodies', close: () => Promise.resolve(clearInterval(this.timer)) });
  }

  start(answer: Answer): void {
    this.answer = answer;
    this.checkedAt = performance.now();
    this.timer = setInterval(() => this.checkAll(), this.interval).unref();
  }

  /** Call it when a body begins to arrive. */
  watch(body: ArrivingBody): void {
    const { unfinished: request } = body;
    if (request?.headers['transfer-encoding'] !== undefined)
      refuseSmallChunks(request, () => this.end(request, HttpRequestError.smallChunks()));
    if (body.isWatched) return;
    body.isWatched = true;
    this.bodies.add(body);
  }

  private checkAll(): void {
    const now = performance.now();
    // When our own event loop was blocked, clients may have sent bytes that we have not seen.
    const elapsed = Math.min(now - this.checkedAt, MAX_INTERVALS * this.interval);
    this.checkedAt = now;
    for (const body of this.bodies) {
      const { unfinished } = body;
      if (unfinished) this.check(body, unfinished, elapsed);
      else this.remove(body);
    }
  }

  private check(body: ArrivingBody, request: IncomingMessage, elapsed: number): void {
    const { bodyTimeout, minBodyRate: minRate, bodyRateWindow: window } = this.config.current;
    const limits = { timeout: body.isStreamed ? undefined : bodyTimeout, minRate, window };
    const cut = body.check(request, elapsed, limits);
    if (cut === undefined) return;
    if (cut === 'reply') this.end(request, HttpRequestError.slowBody(limits));
    else request.socket.destroy();
  }

  /**
   * The reader of the body receives the error. Destroying the request would also destroy the socket, and so the
   * reply.
   */
  private end(request: IncomingMessage, error: AppError): void {
    if (request.listenerCount('error') > 0) request.emit('error', error);
    else if (!this.answer(request, error)) request.socket.destroy();
  }

  private remove(body: ArrivingBody): void {
    body.isWatched = false;
    this.bodies.remove(body);
  }
}
