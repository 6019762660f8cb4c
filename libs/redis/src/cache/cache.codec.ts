/** How values of one type are stored. */
export interface CacheCodec<T> {
  encode(value: T): Uint8Array | string;
  /** @throws when the bytes are not such a value; it is loaded anew then */
  decode(bytes: Buffer): T;
}

/** Checks what was read: a zod schema is one. */
export interface CacheSchema<T> {
  parse(value: unknown): T;
}

/** Values as JSON, checked by a schema when read, since a version of the code before or after may have written them. */
export function jsonCodec<T>(schema: CacheSchema<T>): CacheCodec<T> {
  return {
    encode: (value) => JSON.stringify(value),
    decode: (bytes) => schema.parse(JSON.parse(bytes.toString())),
  };
}

/** What the generated constant of a message offers. */
export interface CacheMessage<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
}

/** Messages of `@app/contracts` in their binary form: fields may be added from version to version. */
export function messageCodec<T>(message: CacheMessage<T>): CacheCodec<T> {
  return {
    encode: (value) => message.encode(value).finish(),
    decode: (bytes) => message.decode(bytes),
  };
}
