import { createHash, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { IncomingMessage } from 'node:http';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import type { Stored } from 's3rver/lib/stores/filesystem.js';
import { AwsChunkedDecoder } from './aws-chunked.decoder.ts';
import { S3Fault } from './s3-fault.ts';

/** Sums up a stream while it passes: its MD5, which becomes the ETag, and what the client has declared. */
class Digest extends Transform {
  size = 0;
  readonly #hashes: ReadonlyMap<string, Hash>;
  #crc32 = 0;

  constructor(algorithms: Iterable<string>) {
    super();
    this.#hashes = new Map(['md5', ...algorithms].map((name) => [name, createHash(name)]));
  }

  override _transform(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error: null, chunk: Buffer) => void,
  ): void {
    this.size += chunk.length;
    for (const hash of this.#hashes.values()) hash.update(chunk);
    this.#crc32 = crc32(chunk, this.#crc32);
    done(null, chunk);
  }

  readonly results = (): Readonly<Record<string, Buffer>> => {
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(this.#crc32);
    const digests = [...this.#hashes].map(([name, hash]) => [name, hash.digest()] as const);
    return { ...Object.fromEntries(digests), crc32: crc };
  };
}

/** What must be hashed to verify a body; a trailer is announced in a header. */
function declaredHashes(headers: ReadonlyMap<string, string>): string[] {
  const declared = [...headers.keys(), headers.get('x-amz-trailer') ?? ''].join(' ');
  const signed = /^[0-9a-f]{64}$/i.test(headers.get('x-amz-content-sha256') ?? '');
  return ['sha1', 'sha256'].filter(
    (name) => declared.includes(`x-amz-checksum-${name}`) || (name === 'sha256' && signed),
  );
}

const isChunked = (message: IncomingMessage): boolean =>
  String(message.headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');

/** Compares what arrived with everything that the client said about it. */
function verify(
  headers: ReadonlyMap<string, string>,
  size: number,
  sums: Readonly<Record<string, Buffer>>,
): void {
  const declared = headers.get('x-amz-decoded-content-length');
  if (declared !== undefined && Number(declared) !== size) {
    throw new S3Fault('IncompleteBody', `The body has ${size} bytes and not the declared ${declared}.`);
  }
  const md5 = headers.get('content-md5');
  if (md5 !== undefined && md5 !== sums['md5']?.toString('base64')) {
    throw new S3Fault('BadDigest', 'The Content-MD5 does not match what was received.');
  }
  const sha256 = headers.get('x-amz-content-sha256') ?? '';
  if (/^[0-9a-f]{64}$/i.test(sha256) && sha256.toLowerCase() !== sums['sha256']?.toString('hex')) {
    throw new S3Fault(
      'XAmzContentSHA256Mismatch',
      'The x-amz-content-sha256 does not match what was received.',
    );
  }
  for (const algorithm of ['crc32', 'sha1', 'sha256']) {
    const checksum = headers.get(`x-amz-checksum-${algorithm}`);
    if (checksum !== undefined && checksum !== sums[algorithm]?.toString('base64')) {
      throw new S3Fault(
        'XAmzContentChecksumMismatch',
        `The ${algorithm.toUpperCase()} does not match what was received.`,
      );
    }
  }
}

/**
 * Writes a body to a file as it comes in: unwraps `aws-chunked`, checks length and checksums (CRC32C and CRC64NVME
 * excepted). The file is to be used only when this resolves.
 */
export async function receiveBody(content: Readable | Buffer, file: string): Promise<Stored> {
  const source = Buffer.isBuffer(content) ? Readable.from([content]) : content;
  const headers = new Map<string, string>();
  const message = source instanceof IncomingMessage ? source : undefined;
  for (const [name, value] of Object.entries(message?.headers ?? {})) headers.set(name, String(value));
  const digest = new Digest(declaredHashes(headers));
  const target = createWriteStream(file, { flags: 'wx' });
  const decoder = message && isChunked(message) ? new AwsChunkedDecoder() : undefined;
  await (decoder ? pipeline(source, decoder, digest, target) : pipeline(source, digest, target));
  for (const [name, value] of decoder?.trailers ?? []) headers.set(name, value);
  const sums = digest.results();
  verify(headers, digest.size, sums);
  return { size: digest.size, md5: sums['md5']?.toString('hex') ?? '' };
}
