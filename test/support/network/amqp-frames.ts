/** The protocol header that a client sends before its first frame, in bytes. */
const PROTOCOL_HEADER = 8;
/** Type, channel and size before the payload of a frame, in bytes. One more byte follows the payload. */
const FRAME_PREFIX = 7;
const FRAME_OVERHEAD = FRAME_PREFIX + 1;

const METHOD_FRAME = 1;
const FRAME_END = 0xce;
const CONNECTION = 10;
const BASIC = 60;

/**
 * Splits the bytes of one direction of a connection into AMQP frames.
 *
 * @see https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf 4.2.3
 */
export class AmqpFrames {
  private rest: Buffer = Buffer.alloc(0);
  private skip: number;

  constructor(from: 'client' | 'broker') {
    this.skip = from === 'client' ? PROTOCOL_HEADER : 0;
  }

  /** The frames that end in this chunk; the protocol header counts as one. */
  read(chunk: Buffer): Buffer[] {
    this.rest = Buffer.concat([this.rest, chunk]);
    const frames: Buffer[] = [];
    for (let size = this.nextSize(); this.rest.length >= size; size = this.nextSize()) {
      frames.push(this.rest.subarray(0, size));
      this.rest = this.rest.subarray(size);
      this.skip = 0;
    }
    return frames;
  }

  private nextSize(): number {
    if (this.skip > 0) return this.skip;
    if (this.rest.length < FRAME_PREFIX) return Infinity;
    return this.rest.readUInt32BE(3) + FRAME_OVERHEAD;
  }
}

/** Whether a frame is the method basic.publish. */
export function isPublish(frame: Buffer): boolean {
  const [type] = frame;
  return type === METHOD_FRAME && frame.readUInt16BE(7) === BASIC && frame.readUInt16BE(9) === 40;
}

/** Whether a frame is the method basic.consume for this queue. */
export function isConsumeOf(frame: Buffer, queue: string): boolean {
  const [type] = frame;
  const isConsume = type === METHOD_FRAME && frame.readUInt16BE(7) === BASIC && frame.readUInt16BE(9) === 20;
  // The name follows the class, the method and a reserved number, with its length before it.
  return isConsume && frame.toString('utf8', 14, 14 + frame.readUInt8(13)) === queue;
}

/** The method connection.close, as the broker sends it for a quorum queue without a leader. */
export function internalErrorFrame(): Buffer {
  const text = 'INTERNAL_ERROR';
  return connectionFrame(
    50,
    Buffer.from([541 >> 8, 541 & 0xff, text.length]),
    Buffer.from(`${text}\0\0\0\0`),
  );
}

/** The method connection.blocked, as the broker sends it when an alarm begins. */
export function blockedFrame(reason: string): Buffer {
  return connectionFrame(60, Buffer.from([reason.length]), Buffer.from(reason));
}

/** The method connection.unblocked. */
export function unblockedFrame(): Buffer {
  return connectionFrame(61);
}

function connectionFrame(method: number, ...fields: readonly Buffer[]): Buffer {
  const payload = Buffer.concat([Buffer.from([0, CONNECTION, 0, method]), ...fields]);
  const prefix = Buffer.from([METHOD_FRAME, 0, 0, 0, 0, 0, payload.length]);
  return Buffer.concat([prefix, payload, Buffer.from([FRAME_END])]);
}
