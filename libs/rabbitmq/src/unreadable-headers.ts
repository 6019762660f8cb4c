import type { ChannelModel } from 'amqplib';

/** Stands in the headers of a message whose own could not be read, with the value `true`. */
export const UNREADABLE_HEADERS = 'x-unreadable-headers';

/** What amqplib's connection has and does not tell in its types. */
interface FrameReader {
  /** Bytes that were received and not read yet. */
  rest: Buffer;
  recvFrame(): unknown;
}

/**
 * amqplib reads headers that lie in each other by recursion, and takes the connection down where that goes too deep:
 * one message of an untrusted publisher, delivered again after each reconnect, would keep the whole app away from the broker.
 * On a guarded connection such a message comes without its headers, and says so.
 */
export function guardHeaders(model: ChannelModel): void {
  const connection = model.connection as unknown as FrameReader;
  const read = connection.recvFrame.bind(connection);
  connection.recvFrame = () => {
    const received = connection.rest;
    try {
      return read();
    } catch (error) {
      const frame = withoutHeaders(received);
      if (!frame) throw error;
      connection.rest = Buffer.concat([frame, connection.rest]);
      return read();
    }
  };
}

const HEADER_FRAME = 2;
/** Type, channel and size of a frame; then class, weight, size of the body and flags. */
const FRAME_PREFIX = 7;
const FIXED_FIELDS = 14;
const FLAGS = { contentType: 0x8000, contentEncoding: 0x4000, headers: 0x2000 } as const;

/**
 * The frame at the beginning of `bytes` with other headers; undefined when it is none that has headers.
 *
 * @see https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf 4.2.6
 */
function withoutHeaders(bytes: Buffer): Buffer | undefined {
  if (bytes[0] !== HEADER_FRAME) return undefined;
  const end = FRAME_PREFIX + bytes.readUInt32BE(3);
  const flags = bytes.readUInt16BE(FRAME_PREFIX + FIXED_FIELDS - 2);
  if (!(flags & FLAGS.headers)) return undefined;
  let table = FRAME_PREFIX + FIXED_FIELDS;
  for (const flag of [FLAGS.contentType, FLAGS.contentEncoding])
    if (flags & flag) table += 1 + bytes.readUInt8(table);
  const after = table + 4 + bytes.readUInt32BE(table);
  const frame = Buffer.concat([bytes.subarray(0, table), MARK, bytes.subarray(after, end + 1)]);
  frame.writeUInt32BE(frame.length - FRAME_PREFIX - 1, 3);
  return frame;
}

/** A table with one entry: its size, the name, the tag of a boolean and its value. */
const MARK = Buffer.concat([
  Buffer.from([0, 0, 0, UNREADABLE_HEADERS.length + 3, UNREADABLE_HEADERS.length]),
  Buffer.from(UNREADABLE_HEADERS),
  Buffer.from('t\u0001'),
]);
