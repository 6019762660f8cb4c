import { appendFile, type FileHandle, open } from 'node:fs/promises';

/** The data that is stored with the content of an object or a part. */
export interface Description {
  readonly key: string;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly modified: number;
  /** HTTP headers that a read sends. */
  readonly headers: Readonly<Record<string, string>>;
  readonly checksum?: Readonly<Record<string, string>>;
}

/** Size of the length field at the very end, in bytes. */
const LENGTH_BYTES = 4;

/**
 * Appends the description to a file of content, so that one rename publishes both:
 * `<content><description as JSON><its length>`.
 */
export async function sealFile(file: string, description: Description): Promise<void> {
  const json = Buffer.from(JSON.stringify(description));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(json.length);
  await appendFile(file, Buffer.concat([json, length]));
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** @throws Error when the file is not sealed, as after a power cut */
export async function readDescription(file: string): Promise<Description> {
  await using handle = await open(file);
  const { size } = await handle.stat();
  const length =
    size < LENGTH_BYTES ? 0 : (await readAt(handle, size - LENGTH_BYTES, LENGTH_BYTES)).readUInt32BE();
  const end = size - LENGTH_BYTES - length;
  if (length === 0 || end < 0) throw new Error(`${file} has no description.`);
  const description = JSON.parse(String(await readAt(handle, end, length))) as Description;
  if (description.size !== end) throw new Error(`${file} is not whole.`);
  return description;
}
