/** Converts between the key of a row and the cursor that a client sends back. @publicApi */
export interface CursorCodec<Key, Cursor = string> {
  encode(key: Key): Cursor;
  /** Returns undefined for a cursor that `encode` did not write. */
  decode(cursor: Cursor): Key | undefined;
}

/** Encodes a positive integer, such as the value of an identity column, as its digits in base64url. */
export const numberCursor = base64Cursor<number>(
  (id) => Buffer.from(String(id)),
  (bytes) => {
    const id = Number(bytes.toString());
    return Number.isSafeInteger(id) && id > 0 ? id : undefined;
  },
);

const UUID_BYTES = 16;

/** Encodes a UUID as its 16 bytes in base64url. */
export const uuidCursor = base64Cursor<string>(
  (id) => Buffer.from(id.replaceAll('-', ''), 'hex'),
  (bytes) => {
    if (bytes.length !== UUID_BYTES) return undefined;
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  },
);

/** Uses the key itself as the cursor, for transports that have already validated it. */
export function keyAsCursor<Key>(): CursorCodec<Key, Key> {
  return { encode: (key) => key, decode: (cursor) => cursor };
}

/**
 * Each key has exactly one cursor. So `decode` also rejects a cursor with another spelling of the same key, such as
 * leading zeros or padding.
 */
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
