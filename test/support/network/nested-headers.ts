const [METHOD, HEADER, BODY] = [1, 2, 3];
const FRAME_END = 0xce;
const CONTENT = Buffer.from('{}');

/** The frames of a basic.publish, byte by byte: its headers are `{a: {a: {a: …}}}`. */
export function nestedHeadersFrames(
  channel: number,
  queue: string,
  messageId: string,
  depth: number,
): Buffer[] {
  const table = Buffer.concat(
    Array.from({ length: depth }, (_, level) => {
      const entry = Buffer.from([1, 0x61, 0x46, 0, 0, 0, 0]);
      entry.writeUInt32BE((depth - 1 - level) * entry.length, 3);
      return entry;
    }),
  );
  const size = Buffer.alloc(4);
  size.writeUInt32BE(table.length);
  const fixed = Buffer.from([0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, CONTENT.length, 0x20, 0x80]);
  const publish = Buffer.concat([Buffer.from([0, 60, 0, 40, 0, 0, 0]), shortText(queue), Buffer.from([0])]);
  return [
    frame(METHOD, channel, publish),
    frame(HEADER, channel, Buffer.concat([fixed, size, table, shortText(messageId)])),
    frame(BODY, channel, CONTENT),
  ];
}

function shortText(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
}

function frame(type: number, channel: number, payload: Buffer): Buffer {
  const prefix = Buffer.alloc(7);
  prefix.writeUInt8(type);
  prefix.writeUInt16BE(channel, 1);
  prefix.writeUInt32BE(payload.length, 3);
  return Buffer.concat([prefix, payload, Buffer.from([FRAME_END])]);
}
