import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ArrivingBody } from '../body/arriving-body.js';
import { lingerThenDestroy } from './linger.js';

const CONNECTION = Symbol('http connection');
type Carrier = Socket & { [CONNECTION]?: HttpConnection };

/**
 * The state of a connection. Clients may pipeline requests, and Node passes each of them on as soon as it is
 * parsed. This class enforces two rules. A request waits until the body of the previous one was read. No request
 * runs after a reply that closes the connection.
 *
 * @see RFC 9112, sections 9.3.2 and 9.6
 */
export class HttpConnection {
  /** The error of the parser; nothing more arrives after it. */
  failure: Error | undefined;
  private body: ArrivingBody | undefined;
  private closing = false;
  private reading = false;
  private active = 0;
  private unanswered = 0;
  private waiting: (() => void)[] = [];
  private whenIdle: (() => void) | undefined;

  private constructor(private readonly socket: Socket) {}

  static of(socket: Socket): HttpConnection {
    return ((socket as Carrier)[CONNECTION] ??= new HttpConnection(socket));
  }

  get isClosing(): boolean {
    return this.closing;
  }

  /** Whether a request can start at once. */
  get isFree(): boolean {
    return !this.closing && !this.reading;
  }

  /** Calls `start` when the previous body was read; never when the connection closes instead. */
  wait(start: () => void): void {
    if (!this.closing) this.waiting.push(start);
  }

  begin(): void {
    this.active += 1;
  }

  end(): void {
    this.active -= 1;
    this.checkIdle();
  }

  /** A body arrives; requests after it wait. */
  startBody(request: IncomingMessage, isStreamed: boolean): ArrivingBody {
    this.reading = true;
    this.body ??= new ArrivingBody();
    return this.body.begin(request, isStreamed);
  }

  /** Lets the next request start once this body was read. */
  releaseAfter(request: IncomingMessage): void {
    if (request.readableEnded) this.release();
    else request.once('end', () => this.release());
  }

  /**
   * For a body that is checked while it is read: requests after it wait for the reply, which may close the
   * connection.
   */
  releaseWith(reply: ServerResponse): void {
    reply.once('close', () => this.release());
  }

  /**
   * The reply to this request is the last one. A client that is still sending its body would lose the reply to a
   * reset, so the server reads and drops the rest for a moment.
   */
  closeAfter(request: IncomingMessage): void {
    if (this.closing) return;
    this.closing = true;
    this.waiting = [];
    lingerThenDestroy(this.socket, request);
  }

  /** Resolves when every request that arrived has a reply, except for this number. */
  idle(but = 0): Promise<void> {
    return new Promise((resolve) => {
      this.whenIdle = resolve;
      this.unanswered = but;
      this.checkIdle();
    });
  }

  private release(): void {
    this.reading = false;
    while (this.isFree) {
      const start = this.waiting.shift();
      if (!start) break;
      start();
    }
    this.checkIdle();
  }

  private checkIdle(): void {
    if (this.active <= this.unanswered && this.waiting.length === 0) this.whenIdle?.();
  }
}
