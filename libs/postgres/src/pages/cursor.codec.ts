/** Converts between the key of a row and the cursor that a client sends back. @publicApi */
export interface CursorCodec<Key, Cursor = string> {
  encode(key: Key): Cursor;
  /** Undefined for a cursor that `encode` did not write. */
  decode(cursor: Cursor): Key | undefined;
}

/** A positive integer, such as the key of an identity column, as its digits. */
export const numberCursor = base64Cursor<number>(
  (id) => Buffer.from(String(id)),
  (bytes) => {
    const id = Number(bytes.toString());
    return Number.isSafeInteger(id) && id > 0 ? id : undefined;
  },
);

const UUID_BYTES = 16;

/** A UUID as its 16 bytes. */
export const uuidCursor = base64Cursor<string>(
  (id) => Buffer.from(id.replaceAll('-', ''), 'hex'),
  (bytes) => {
    if (bytes.length !== UUID_BYTES) return undefined;
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  },
);

/** The key itself as the cursor, for transports that have already checked its form. */
export function keyAsCursor<Key>(): CursorCodec<Key, Key> {
  return { encode: (key) => key, decode: (cursor) => cursor };
}

/**
 * Rejects a cursor that decodes to a key but is not what `encode` writes for it: each place in a list has exactly
 * one cursor.
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
