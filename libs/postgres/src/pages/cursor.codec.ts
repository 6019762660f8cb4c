/** How the key of a row is written as the cursor that a client sends back. @publicApi */
export interface CursorCodec<Key, Cursor = string> {
  encode(key: Key): Cursor;
  /** Undefined for a cursor that `encode` has not written. */
  decode(cursor: Cursor): Key | undefined;
}

/** The digits of a positive whole number, such as an identity column has. */
export const numberCursor = base64Cursor<number>(
  (id) => Buffer.from(String(id)),
  (bytes) => {
    const id = Number(bytes.toString());
    return Number.isSafeInteger(id) && id > 0 ? id : undefined;
  },
);

const UUID_BYTES = 16;

/** The bytes of a UUID. */
export const uuidCursor = base64Cursor<string>(
  (id) => Buffer.from(id.replaceAll('-', ''), 'hex'),
  (bytes) => {
    if (bytes.length !== UUID_BYTES) return undefined;
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  },
);

/** The key as it is, where the transport has checked its form already. */
export function keyAsCursor<Key>(): CursorCodec<Key, Key> {
  return { encode: (key) => key, decode: (cursor) => cursor };
}

/** Refuses what decodes to a key but is not how `encode` writes that key: a list has one cursor for one place. */
function base64Cursor<Key>(
  toBytes: (key: Key) => Buffer,
  fromBytes: (bytes: Buffer) => Key | undefined,
): CursorCodec<Key> {
  const encode = (key: Key) => toBytes(key).toString('base64url');
  return {
    encode,
    decode(cursor) {
      const key = fromBytes(Buffer.from(cursor, 'base64url'));
      return key !== undefined && encode(key) === cursor ? key : undefined;
    },
  };
}
