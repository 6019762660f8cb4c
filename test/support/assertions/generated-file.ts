import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

const CHUNK = 64 * 1024;

/** Content of any length that is never completely in memory. It is deterministic, and no two chunks are equal. */
export function* generatedFile(size: number): Generator<Buffer> {
  for (let offset = 0; offset < size; offset += CHUNK) {
    const chunk = Buffer.alloc(Math.min(CHUNK, size - offset), offset % 251);
    chunk.writeUInt32BE(offset / CHUNK, 0);
    yield chunk;
  }
}

/** SHA-256 of a stream, in hexadecimal. */
export async function digestOf(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of content) hash.update(chunk);
  return hash.digest('hex');
}

export interface FormOptions {
  /** @default 'file' */
  field?: string;
  /** The file name that the client sends. @default 'data.bin' */
  name?: string;
  /** @default 'application/octet-stream' */
  type?: string;
}

/** A form with one file as a stream, with its headers. */
export function formOf(
  content: Iterable<Uint8Array>,
  options: FormOptions = {},
): { body: Readable; headers: Record<string, string> } {
  const { field = 'file', name = 'data.bin', type = 'application/octet-stream' } = options;
  const boundary = 'e2e-boundary';
  function* form(): Generator<Uint8Array> {
    const disposition = `form-data; name="${field}"; filename="${name}"`;
    yield Buffer.from(
      `--${boundary}\r\ncontent-disposition: ${disposition}\r\ncontent-type: ${type}\r\n\r\n`,
    );
    yield* content;
    yield Buffer.from(`\r\n--${boundary}--\r\n`);
  }
  const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
  return { body: Readable.from(form(), { objectMode: false }), headers };
}
