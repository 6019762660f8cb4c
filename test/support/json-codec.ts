import type { CacheCodec } from '@app/redis';

/** Values as JSON. @param parse checks what was read, and throws when it is something else */
export function jsonCodec<T>(parse: (value: unknown) => T): CacheCodec<T> {
  return {
    encode: (value) => JSON.stringify(value),
    decode: (bytes) => parse(JSON.parse(bytes.toString())),
  };
}
