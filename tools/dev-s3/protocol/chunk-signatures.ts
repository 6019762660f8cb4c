import { equalText } from './equal-text.ts';
import { S3Error } from './s3.error.ts';
import { sha256, sign, type SigningKey } from './sigv4.ts';

const EMPTY = sha256('');

/**
 * Verifies the signatures of a body's chunks. Each covers the previous signature; the first covers that of the
 * request.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export class ChunkSignatures {
  private readonly key: SigningKey;
  private previous: string;

  constructor(key: SigningKey, ofRequest: string) {
    this.key = key;
    this.previous = ofRequest;
  }

  /** @param hash SHA-256 of the chunk's data, in hexadecimal */
  verifyChunk(hash: string, signature: string): void {
    this.verify('AWS4-HMAC-SHA256-PAYLOAD', [EMPTY, hash], signature);
  }

  /** @param trailers `name:value\n` for each */
  verifyTrailers(trailers: string, signature: string): void {
    this.verify('AWS4-HMAC-SHA256-TRAILER', [sha256(trailers)], signature);
  }

  private verify(kind: string, lines: readonly string[], signature: string): void {
    const expected = sign(this.key, kind, [this.previous, ...lines]);
    if (!equalText(expected, signature))
      throw new S3Error('SignatureDoesNotMatch', 'The signature of a chunk does not match its data.');
    this.previous = expected;
  }
}
