import type { IncomingMessage } from 'node:http';
import type { ActiveItem } from '@app/lifecycle';
import { BodyPace, type PaceLimits } from './body-pace.js';

/** How long a client whose body was cut off may keep its connection to read the reply, in milliseconds. */
const REPLY_MS = 3_000;

/** The body that is arriving on a connection, one at a time. One object serves the connection for its whole life. */
export class ArrivingBody implements ActiveItem {
  position = 0;
  isWatched = false;
  /** Whether it is a streamed body such as an upload, for which only the rate is limited, not size or time. */
  isStreamed = false;
  private request: IncomingMessage | undefined;
  private pace: BodyPace | undefined;
  private cutFor: number | undefined;

  /** Another body begins after the last one. */
  begin(request: IncomingMessage, isStreamed: boolean): this {
    this.request = request;
    this.isStreamed = isStreamed;
    this.pace = undefined;
    this.cutFor = undefined;
    return this;
  }

  /** The request, while its body is incomplete. */
  get unfinished(): IncomingMessage | undefined {
    if (this.request?.complete || this.request?.socket.destroyed) this.request = undefined;
    return this.request;
  }

  /**
   * Whether to cut off the client now: `reply` first, then `connection` when the client takes too long to read the
   * reply.
   */
  check(request: IncomingMessage, elapsed: number, limits: PaceLimits): 'reply' | 'connection' | undefined {
    if (this.cutFor !== undefined) {
      this.cutFor += elapsed;
      return this.cutFor >= REPLY_MS ? 'connection' : undefined;
    }
    const arrived = request.socket.bytesRead;
    this.pace ??= new BodyPace(arrived);
    // Bytes that have arrived and are unread wait for us: the object store is slow, or all buffers are taken.
    if (request.readableLength > 0 || !this.pace.isSlow(elapsed, arrived, limits)) return undefined;
    this.cutFor = 0;
    return 'reply';
  }
}
