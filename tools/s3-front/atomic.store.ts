import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { mkdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import FilesystemStore, {
  type ByteRange,
  type FoundObject,
  type Stored,
  type StoredObject,
} from 's3rver/lib/stores/filesystem.js';
import { receiveBody } from './body-receiver.ts';
import { MultipartFolder } from './multipart-folder.ts';
import { S3Fault } from './s3-fault.ts';

/**
 * s3rver's store, with bodies that appear under their name only when they have arrived whole and as declared.
 * (s3rver writes straight to the final file and answers before it is written.)
 */
export class AtomicStore extends FilesystemStore {
  readonly #incoming: string;

  constructor(folder: string) {
    const buckets = join(folder, 'buckets');
    super(buckets);
    this.#incoming = join(folder, 'incoming');
    rmSync(this.#incoming, { recursive: true, force: true });
    for (const each of [buckets, this.#incoming]) mkdirSync(each, { recursive: true });
  }

  multipart(bucket: string): MultipartFolder {
    return new MultipartFolder(this.getResourcePath(bucket, undefined, 'uploads'));
  }

  override async putObject(object: StoredObject): Promise<Stored> {
    const path = this.getResourcePath(object.bucket, object.key, 'object');
    const stored = await this.#receive(object.content, path);
    await this.putMetadata(object.bucket, object.key, object.metadata, stored.md5);
    return stored;
  }

  override async putPart(
    bucket: string,
    uploadId: string,
    partNumber: string,
    content: Readable,
  ): Promise<Stored> {
    const number = Number(partNumber);
    if (!Number.isInteger(number) || number < 1 || number > 10_000) {
      throw new S3Fault('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive.');
    }
    const upload = await this.multipart(bucket).open(uploadId);
    const stored = await this.#receive(content, join(upload.folder, String(number)), { into: 'existing' });
    await writeFile(join(upload.folder, `${number}.md5`), stored.md5);
    return stored;
  }

  override async putObjectMultipart(
    bucket: string,
    uploadId: string,
    parts: { number: number; etag: string }[],
  ): Promise<Stored> {
    const upload = await this.multipart(bucket).open(uploadId);
    for (const [index, part] of parts.entries()) {
      if (index > 0 && part.number <= (parts[index - 1]?.number ?? 0)) {
        throw new S3Fault('InvalidPartOrder', 'The list of parts was not in ascending order.');
      }
      const md5 = await readFile(join(upload.folder, `${part.number}.md5`), 'utf8').catch(() => undefined);
      if (md5 !== part.etag)
        throw new S3Fault('InvalidPart', `Part ${part.number} was not uploaded, or has another ETag.`);
    }
    const metadata = JSON.parse(await readFile(join(upload.folder, 'metadata'), 'utf8')) as Record<
      string,
      string
    >;
    const path = this.getResourcePath(bucket, upload.key, 'object');
    const files = parts.map(({ number }) => join(upload.folder, String(number)));
    const stored = { size: await this.#join(files, path), md5: etagOf(parts) };
    await this.putMetadata(bucket, upload.key, metadata, stored.md5);
    await rm(upload.folder, { recursive: true, force: true });
    return stored;
  }

  /**
   * s3rver takes a last byte of 0 for none, and would send the whole. Of an empty object it would promise one byte and
   * never send it; without content it answers that the range is not satisfiable.
   */
  override async getObject(
    bucket: string,
    key: string,
    options: ByteRange = {},
  ): Promise<FoundObject | null> {
    const isFirstByte = options.start === 0 && options.end === 0;
    const found = await super.getObject(bucket, key, isFirstByte ? { start: 0, end: 1 } : options);
    if (!found?.content || !found.range) return found;
    if (found.size === 0) {
      found.content.destroy();
      found.content = null;
    } else if (isFirstByte) {
      found.content.destroy();
      found.content = createReadStream(this.getResourcePath(bucket, key, 'object'), { start: 0, end: 0 });
      found.range = { start: 0, end: 0 };
    }
    return found;
  }

  /** s3rver fails when two requests remove the last objects of a folder, and with it the folder, at the same time. */
  override async deleteObject(bucket: string, key: string): Promise<void> {
    const files = ['object', 'object.md5', 'metadata.json'];
    const paths = files.map((file) => this.getResourcePath(bucket, key, file));
    await Promise.all(paths.map((path) => rm(path, { force: true })));
    const bucketFolder = this.getBucketPath(bucket);
    let folder = dirname(this.getResourcePath(bucket, key, 'object'));
    while (folder !== bucketFolder && (await isGone(folder))) folder = dirname(folder);
  }

  /** The parts, one after the other, under their name at once. */
  async #join(files: readonly string[], path: string): Promise<number> {
    const draft = join(this.#incoming, randomUUID());
    try {
      await pipeline(concatenate(files), createWriteStream(draft, { flags: 'wx' }));
      const { size } = await stat(draft);
      await moveInto(draft, path);
      return size;
    } finally {
      await rm(draft, { force: true });
    }
  }

  async #receive(
    content: Readable | Buffer,
    path: string,
    { into = 'any' }: { into?: 'any' | 'existing' } = {},
  ): Promise<Stored> {
    const draft = join(this.#incoming, randomUUID());
    try {
      const stored = await receiveBody(content, draft);
      await (into === 'existing' ? moveIntoUpload(draft, path) : moveInto(draft, path));
      return stored;
    } finally {
      await rm(draft, { force: true });
    }
  }
}

/** Deleting the last object of a folder deletes the folder: it may vanish between the two calls. */
async function moveInto(draft: string, path: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await mkdir(dirname(path), { recursive: true });
    try {
      await rename(draft, path);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === 5) throw error;
    }
  }
}

/** An upload that was aborted while the part came is not begun again by it. */
async function moveIntoUpload(draft: string, path: string): Promise<void> {
  try {
    await rename(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new S3Fault('NoSuchUpload', 'The upload was aborted or completed while the part came.');
  }
}

/** Removes the folder if it is empty. */
async function isGone(folder: string): Promise<boolean> {
  return rmdir(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return true;
      if (error.code === 'ENOTEMPTY' || error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

/** As S3 makes it: the MD5 of the parts' MD5s, and how many they are. */
function etagOf(parts: readonly { etag: string }[]): string {
  const hash = createHash('md5');
  for (const { etag } of parts) hash.update(etag, 'hex');
  return `${hash.digest('hex')}-${parts.length}`;
}

async function* concatenate(files: readonly string[]): AsyncGenerator<Buffer> {
  for (const file of files)
    yield* createReadStream(file, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>;
}
