import type { ChannelModel } from 'amqplib';

/** Replaces the headers of a message whose headers could not be read; its value is `true`. */
export const UNREADABLE_HEADERS = 'x-unreadable-headers';

/** Members of amqplib's connection that its types do not declare. */
interface FrameReader {
  /** Received bytes that are not read yet. */
  rest: Buffer;
  recvFrame(): unknown;
}

/**
 * Protects a connection against deeply nested headers. amqplib parses nested headers by recursion, and closes the
 * connection when they are too deep. One such message of an untrusted publisher, redelivered after each reconnect,
 * would cut the whole app off from the broker. On a guarded connection it arrives without its headers, with
 * `UNREADABLE_HEADERS` instead.
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
/** The prefix has type, channel and size of a frame; the fixed fields have class, weight, body size and flags. */
const FRAME_PREFIX = 7;
const FIXED_FIELDS = 14;
const FLAGS = { contentType: 0x8000, contentEncoding: 0x4000, headers: 0x2000 } as const;

/**
 * The first frame in `bytes` with its headers replaced; undefined if it is not a header frame with headers.
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

/** A table with one entry: the table's size, the name, the type tag of a boolean, and its value. */
const MARK = Buffer.concat([
  Buffer.from([0, 0, 0, UNREADABLE_HEADERS.length + 3, UNREADABLE_HEADERS.length]),
  Buffer.from(UNREADABLE_HEADERS),
  Buffer.from('t\u0001'),
]);
