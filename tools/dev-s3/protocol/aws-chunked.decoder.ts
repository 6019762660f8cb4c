import { createHash, type Hash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import type { ChunkSignatures } from './chunk-signatures.ts';
import { S3Error } from './s3.error.ts';

type State = 'size' | 'data' | 'data-end' | 'trailer';

/** The header of a chunk and a trailer are short; a longer line is not in this encoding. */
const MAX_LINE = 8_192;
const TRAILER_SIGNATURE = 'x-amz-trailer-signature';

/**
 * Unwraps a body of `Content-Encoding: aws-chunked`: `<size>[;chunk-signature=…]\r\n<data>\r\n … 0\r\n<trailers>\r\n`.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export class AwsChunkedDecoder extends Transform {
  /** Complete once the stream has ended. */
  readonly trailers = new Map<string, string>();
  private readonly signatures: ChunkSignatures | undefined;
  private state: State = 'size';
  private line = '';
  private left = 0;
  private hash: Hash | undefined;
  private signature = '';

  /** @param signatures verifies the chunks when the client signs them */
  constructor(signatures?: ChunkSignatures) {
    super();
    this.signatures = signatures;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      let rest = chunk;
      while (rest.length > 0) rest = this.state === 'data' ? this.takeData(rest) : this.takeLine(rest);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    try {
      if (this.state !== 'trailer' || this.line !== '')
        throw new S3Error('IncompleteBody', 'The body ended in the middle of a chunk.');
      this.verifyTrailers();
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  private takeData(bytes: Buffer): Buffer {
    const part = bytes.subarray(0, this.left);
    this.hash?.update(part);
    this.push(part);
    this.left -= part.length;
    if (this.left === 0) this.state = 'data-end';
    return bytes.subarray(part.length);
  }

  private takeLine(bytes: Buffer): Buffer {
    const end = bytes.indexOf(0x0a);
    this.line += bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
    if (this.line.length > MAX_LINE)
      throw new S3Error('InvalidRequest', 'A line of the chunked body is too long.');
    if (end < 0) return bytes.subarray(bytes.length);
    const line = this.line.replace(/\r$/, '');
    this.line = '';
    this.state = this.afterLine(line);
    return bytes.subarray(end + 1);
  }

  private afterLine(line: string): State {
    if (this.state === 'size') return this.startChunk(line);
    if (this.state === 'trailer') return this.addTrailer(line);
    if (line !== '') throw new S3Error('InvalidRequest', 'A chunk of the body is longer than its size.');
    this.verifyChunk();
    return 'size';
  }

  private startChunk(line: string): State {
    const [, size, signature = ''] = /^([0-9a-f]+)(?:;chunk-signature=([0-9a-f]+))?/i.exec(line) ?? [];
    if (size === undefined)
      throw new S3Error('InvalidRequest', 'The chunked body has a chunk without a size.');
    this.left = parseInt(size, 16);
    this.signature = signature;
    if (this.signatures) this.hash = createHash('sha256');
    if (this.left > 0) return 'data';
    this.verifyChunk();
    return 'trailer';
  }

  private verifyChunk(): void {
    if (this.hash) this.signatures?.verifyChunk(this.hash.digest('hex'), this.signature);
  }

  /** An empty line may come before the signature of the trailers, and may be missing at the end. */
  private addTrailer(line: string): State {
    if (line === '') return 'trailer';
    const [name = '', value = ''] = line.split(/:(.*)/s);
    this.trailers.set(name.trim().toLowerCase(), value.trim());
    return 'trailer';
  }

  private verifyTrailers(): void {
    const signature = this.trailers.get(TRAILER_SIGNATURE);
    this.trailers.delete(TRAILER_SIGNATURE);
    const lines = Array.from(this.trailers, ([name, value]) => `${name}:${value}\n`);
    if (lines.length > 0) this.signatures?.verifyTrailers(lines.join(''), signature ?? '');
  }
}
