import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AwsChunkedDecoder } from './aws-chunked.decoder.ts';
import type { ChunkSignatures } from './chunk-signatures.ts';
import { type Algorithm, type Checksum, CHECKSUMS, ContentDigest } from './content.digest.ts';
import { S3Error } from './s3.error.ts';
import type { S3Request } from './s3-request.ts';

/** Size and checksums of written content. */
export interface Content {
  readonly size: number;
  /** MD5 in hexadecimal. */
  readonly etag: string;
  /** The checksum header that the client sent and this server verified. */
  readonly checksum?: Readonly<Record<string, string>>;
}

/** Limits in bytes: the largest body of a request in S3, and a document longer than any that a client needs to send. */
const MAX_BODY = 5 * 1024 ** 3;
const MAX_DOCUMENT = 4 * 1024 ** 2;
const PREFIX = 'x-amz-checksum-';

/** The body of a request. It is read once, as a stream. */
export class RequestBody {
  private readonly request: S3Request;
  private readonly signatures: ChunkSignatures;

  constructor(request: S3Request, signatures: ChunkSignatures) {
    this.request = request;
    this.signatures = signatures;
  }

  /**
   * Writes the body to a target: unwraps `aws-chunked` and verifies the length, signatures, hashes and checksums.
   *
   * @throws S3Error when the body differs from what the client declared; the target may hold some of it
   */
  async receive(target: Writable): Promise<Content> {
    return this.receiveAll(target, this.declaredChecksum());
  }

  private async receiveAll(target: Writable, declared: readonly Checksum[]): Promise<Content> {
    const sha256 = this.request.header('x-amz-content-sha256') ?? '';
    const isHashed = /^[0-9a-f]{64}$/i.test(sha256);
    const digest = new ContentDigest(['md5', ...(isHashed ? ['sha256' as const] : []), ...declared]);
    const length = this.length(sha256);
    const decoder = sha256.startsWith('STREAMING-')
      ? new AwsChunkedDecoder(sha256.startsWith('STREAMING-AWS4-HMAC-SHA256') ? this.signatures : undefined)
      : undefined;
    const source = this.request.message;
    await (decoder ? pipeline(source, decoder, digest, target) : pipeline(source, digest, target));
    const sums = digest.results();
    if (digest.size !== length)
      throw new S3Error(
        'IncompleteBody',
        `The body has ${digest.size} bytes and not the declared ${length}.`,
      );
    if (isHashed && sha256.toLowerCase() !== sums.get('sha256')?.toString('hex'))
      throw new S3Error('XAmzContentSHA256Mismatch', 'The body does not match its x-amz-content-sha256.');
    this.verifyMd5(sums);
    const checksum = declared.map((name) => {
      const header = `${PREFIX}${name}`;
      const value = decoder?.trailers.get(header) ?? this.request.header(header);
      if (value === sums.get(name)?.toString('base64')) return [header, value ?? ''] as const;
      throw new S3Error('BadDigest', `The ${name.toUpperCase()} you specified did not match the body.`);
    });
    return {
      size: digest.size,
      etag: sums.get('md5')?.toString('hex') ?? '',
      checksum: Object.fromEntries(checksum),
    };
  }

  /**
   * @param checksum whether the checksum header covers the document. In the completion of an upload it covers the
   * object
   */
  async text({ checksum = true } = {}): Promise<string> {
    const chunks: Buffer[] = [];
    let size = 0;
    const collector = new Writable({
      write(chunk: Buffer, _encoding, done) {
        chunks.push(chunk);
        size += chunk.length;
        done(
          size > MAX_DOCUMENT ? new S3Error('MaxMessageLengthExceeded', 'Your request was too big.') : null,
        );
      },
    });
    await this.receiveAll(collector, checksum ? this.declaredChecksum() : []);
    return Buffer.concat(chunks).toString();
  }

  /** The checksum that a header contains, or announces for the end of the body. */
  private declaredChecksum(): Checksum[] {
    const names = this.request.header('x-amz-trailer')?.toLowerCase().split(',') ?? [];
    const trailers = names.map((name) => name.trim());
    if (trailers.includes(`${PREFIX}crc64nvme`) || this.request.header(`${PREFIX}crc64nvme`) !== undefined)
      throw new S3Error(
        'NotImplemented',
        `This server has no CRC64NVME. Use one of ${CHECKSUMS.join(', ')}.`,
      );
    return CHECKSUMS.filter((name) => {
      const header = `${PREFIX}${name}`;
      return trailers.includes(header) || this.request.header(header) !== undefined;
    });
  }

  private length(sha256: string): number {
    const name = sha256.startsWith('STREAMING-') ? 'x-amz-decoded-content-length' : 'content-length';
    const length = Number(this.request.header(name) ?? Number.NaN);
    if (!Number.isSafeInteger(length) || length < 0)
      throw new S3Error('MissingContentLength', `You must provide the ${name} HTTP header.`);
    if (length > MAX_BODY)
      throw new S3Error('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size of 5 GiB.');
    return length;
  }

  private verifyMd5(sums: ReadonlyMap<Algorithm, Buffer>): void {
    const md5 = this.request.header('content-md5');
    if (md5 === undefined) return;
    if (Buffer.from(md5, 'base64').length !== 16)
      throw new S3Error('InvalidDigest', 'The Content-MD5 you specified is not valid.');
    if (md5 !== sums.get('md5')?.toString('base64'))
      throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match the body.');
  }
}
