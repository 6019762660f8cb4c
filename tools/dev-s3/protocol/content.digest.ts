import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { crc32 } from 'node:zlib';
import { crc32c } from './crc32c.ts';

interface Sum {
  update(bytes: Buffer): unknown;
  digest(): Buffer;
}

/** Checksums of S3 that this server computes. */
export const CHECKSUMS = ['crc32', 'crc32c', 'sha1', 'sha256'] as const;
export type Checksum = (typeof CHECKSUMS)[number];
export type Algorithm = Checksum | 'md5';

function sumOf(algorithm: Algorithm): Sum {
  if (algorithm !== 'crc32' && algorithm !== 'crc32c') return createHash(algorithm);
  const next = algorithm === 'crc32' ? crc32 : crc32c;
  let value = 0;
  return {
    update: (bytes) => (value = next(bytes, value)),
    digest: () => {
      const digest = Buffer.alloc(4);
      digest.writeUInt32BE(value);
      return digest;
    },
  };
}

/** Counts and hashes the bytes that pass. */
export class ContentDigest extends Transform {
  size = 0;
  private readonly sums = new Map<Algorithm, Sum>();

  constructor(algorithms: Iterable<Algorithm>) {
    super();
    for (const algorithm of algorithms) this.sums.set(algorithm, sumOf(algorithm));
  }

  override _transform(bytes: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.size += bytes.length;
    for (const sum of this.sums.values()) sum.update(bytes);
    done(null, bytes);
  }

  /** Call it once, after the last byte. */
  results(): ReadonlyMap<Algorithm, Buffer> {
    return new Map(Array.from(this.sums, ([algorithm, sum]) => [algorithm, sum.digest()]));
  }
}
