/** Serialisation of values of one type. */
export interface CacheCodec<T> {
  encode(value: T): Uint8Array | string;
  /** @throws when the bytes are not such a value; the cache then loads it again */
  decode(bytes: Buffer): T;
}

/** Validates a value that was read, such as a zod schema. */
export interface CacheSchema<T> {
  parse(value: unknown): T;
}

/**
 * Values as JSON. They are validated when read, because an older or newer version of the code may have written them.
 */
export function jsonCodec<T>(schema: CacheSchema<T>): CacheCodec<T> {
  return {
    encode: (value) => JSON.stringify(value),
    decode: (bytes) => schema.parse(JSON.parse(bytes.toString())),
  };
}

/** The generated constant of a message. */
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
