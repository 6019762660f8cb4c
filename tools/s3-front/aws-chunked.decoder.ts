import { Transform, type TransformCallback } from 'node:stream';
import { S3Fault } from './s3-fault.ts';

type State = 'size' | 'data' | 'data-end' | 'trailer' | 'done';

/** A chunk's header and a trailer are short; anything longer is not this encoding. */
const longestLine = 8_192;

/**
 * Unwraps a body of `Content-Encoding: aws-chunked`: `<size>[;chunk-signature=…]\r\n<data>\r\n … 0\r\n<trailers>\r\n`.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export class AwsChunkedDecoder extends Transform {
  /** Complete once the stream has ended. */
  readonly trailers = new Map<string, string>();
  #state: State = 'size';
  #line = '';
  #left = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      let rest = chunk;
      while (rest.length > 0) rest = this.#state === 'data' ? this.#takeData(rest) : this.#takeLine(rest);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    // Some clients leave out the empty line behind the last chunk.
    const whole = this.#state === 'done' || (this.#state === 'trailer' && this.#line === '');
    done(whole ? null : new S3Fault('IncompleteBody', 'The body ended in the middle of a chunk.'));
  }

  #takeData(bytes: Buffer): Buffer {
    const part = bytes.subarray(0, this.#left);
    this.push(part);
    this.#left -= part.length;
    if (this.#left === 0) this.#state = 'data-end';
    return bytes.subarray(part.length);
  }

  #takeLine(bytes: Buffer): Buffer {
    const end = bytes.indexOf(0x0a);
    this.#line += bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
    if (this.#line.length > longestLine)
      throw new S3Fault('InvalidRequest', 'A line of the chunked body is too long.');
    if (end < 0) return bytes.subarray(bytes.length);
    const line = this.#line.replace(/\r$/, '');
    this.#line = '';
    this.#state = this.#afterLine(line);
    return bytes.subarray(end + 1);
  }

  #afterLine(line: string): State {
    if (this.#state === 'size') {
      const size = /^([0-9a-f]+)(;.*)?$/i.exec(line)?.[1];
      if (size === undefined)
        throw new S3Fault('InvalidRequest', 'The chunked body has a chunk without a size.');
      this.#left = parseInt(size, 16);
      return this.#left === 0 ? 'trailer' : 'data';
    }
    if (this.#state === 'data-end') {
      if (line !== '') throw new S3Fault('InvalidRequest', 'A chunk of the body is longer than its size.');
      return 'size';
    }
    if (this.#state === 'trailer' && line !== '') {
      const [name = '', value = ''] = line.split(/:(.*)/s);
      this.trailers.set(name.trim().toLowerCase(), value.trim());
      return 'trailer';
    }
    return 'done';
  }
}
