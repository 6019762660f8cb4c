import { appendFile, type FileHandle, open } from 'node:fs/promises';

/** The metadata of an object or a part. It is stored behind the content, in the same file. */
export interface ObjectMetadata {
  readonly key: string;
  readonly size: number;
  /** The entity tag without quotes. */
  readonly etag: string;
  /** Time of the last write, in milliseconds since the epoch. */
  readonly modified: number;
  /** HTTP headers that a response to GET or HEAD contains. */
  readonly headers: Readonly<Record<string, string>>;
  /** The checksum that the client sent, by the name of its header. */
  readonly checksum?: Readonly<Record<string, string>>;
}

/** Size of the last field of the file, the length of the metadata, in bytes. */
const LENGTH_BYTES = 4;

/**
 * Appends the metadata to a file with the content of an object, so that one rename publishes both. The file is then
 * `<content><metadata as JSON><length of the JSON>`.
 */
export async function appendMetadata(file: string, metadata: ObjectMetadata): Promise<void> {
  const json = Buffer.from(JSON.stringify(metadata));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(json.length);
  await appendFile(file, Buffer.concat([json, length]));
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** @throws Error when the file has no valid metadata, for example after a power failure */
export async function readMetadata(file: string): Promise<ObjectMetadata> {
  await using handle = await open(file);
  const { size } = await handle.stat();
  const length =
    size < LENGTH_BYTES ? 0 : (await readAt(handle, size - LENGTH_BYTES, LENGTH_BYTES)).readUInt32BE();
  const end = size - LENGTH_BYTES - length;
  if (length === 0 || end < 0) throw new Error(`${file} has no metadata.`);
  const metadata = JSON.parse(String(await readAt(handle, end, length))) as ObjectMetadata;
  if (metadata.size !== end) throw new Error(`${file} is incomplete.`);
  return metadata;
}
