/** Serialisation of values of one type. */
export interface CacheCodec<T> {
  encode(value: T): Uint8Array | string;
  /** @throws when the bytes are not such a value; the cache then loads it again */
  decode(bytes: Buffer): T;
}

/** The methods of a generated message constant. */
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
