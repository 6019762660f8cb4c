import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ArrivingBody } from '../body/arriving-body.js';
import { lingerThenDestroy } from './linger.js';

const CONNECTION = Symbol('http connection');
type Carrier = Socket & { [CONNECTION]?: HttpConnection };

/**
 * What the server knows of a connection. Requests may be pipelined, and Node hands each of them over as soon as it is
 * parsed. Two rules hold here: a request waits until the body of the one before it was taken, and nothing runs behind
 * a reply that closes the connection.
 *
 * @see RFC 9112, sections 9.3.2 and 9.6
 */
export class HttpConnection {
  /** What the parser refused; nothing further arrives. */
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

  /** Calls `start` when the body before was taken; never when the connection closes instead. */
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

  /** A body arrives; what comes behind it waits. */
  startBody(request: IncomingMessage, isStreamed: boolean): ArrivingBody {
    this.reading = true;
    this.body ??= new ArrivingBody();
    return this.body.begin(request, isStreamed);
  }

  /** The body was taken, or is taken from now on. */
  releaseAfter(request: IncomingMessage): void {
    if (request.readableEnded) this.release();
    else request.once('end', () => this.release());
  }

  /** A body that is judged while it is read: what comes behind it waits for the reply, which may close the connection. */
  releaseWith(reply: ServerResponse): void {
    reply.once('close', () => this.release());
  }

  /**
   * The reply to this request is the last one. A client that still sends its body would lose the reply to a reset:
   * what arrives is read and dropped for a moment.
   */
  closeAfter(request: IncomingMessage): void {
    if (this.closing) return;
    this.closing = true;
    this.waiting = [];
    lingerThenDestroy(this.socket, request);
  }

  /** Resolves when every request that arrived was answered, but for so many. */
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
