import type { CacheCodec } from './cache.codec.js';

/** A cached value, or the cached fact that there is none. */
export interface CacheEntry<T> {
  readonly value: T | undefined;
}

const PRESENT = 0x2b;
const ABSENT = Buffer.from('-');

export function encodeEntry<T>(codec: CacheCodec<T>, { value }: CacheEntry<T>): Buffer {
  if (value === undefined) return ABSENT;
  return Buffer.concat([Buffer.of(PRESENT), Buffer.from(codec.encode(value))]);
}

/** @throws when the bytes are not an entry of this codec */
export function decodeEntry<T>(codec: CacheCodec<T>, bytes: Buffer): CacheEntry<T> {
  if (bytes.equals(ABSENT)) return { value: undefined };
  if (bytes[0] !== PRESENT) throw new TypeError('neither a value nor the absence of one');
  return { value: codec.decode(bytes.subarray(1)) };
}
