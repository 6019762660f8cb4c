import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { S3Error } from '../protocol/s3.error.ts';
import type { Drafts } from './drafts.ts';
import { inBatches } from './in-batches.ts';
import { isMissing } from './is-missing.ts';
import { appendMetadata, type ObjectMetadata, readMetadata } from './object-metadata.ts';

export interface Upload {
  readonly id: string;
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly initiated: number;
  /** Headers of the future object. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Part extends ObjectMetadata {
  readonly number: number;
  readonly file: string;
}

export interface ChosenPart {
  readonly number: number;
  readonly etag: string;
}

/** Minimum of S3 for every part but the last; in bytes. */
const MIN_PART = 5 * 1024 ** 2;

/** The unfinished uploads of a bucket: folders with a file `upload.json` and a file for each part. */
export class MultipartUploads {
  private readonly folder: string;
  private readonly drafts: Drafts;

  constructor(folder: string, drafts: Drafts) {
    this.folder = folder;
    this.drafts = drafts;
  }

  async create(key: string, headers: Upload['headers']): Promise<Upload> {
    const upload = { id: randomUUID().replaceAll('-', ''), key, initiated: Date.now(), headers };
    await mkdir(this.folderOf(upload));
    await writeFile(join(this.folderOf(upload), 'upload.json'), JSON.stringify(upload));
    return upload;
  }

  /** @throws S3Error NoSuchUpload */
  async get(id: string, key: string): Promise<Upload> {
    const upload = /^[0-9a-f]{32}$/.test(id) ? await this.find(id) : undefined;
    if (upload?.key === key) return upload;
    throw noSuchUpload(id);
  }

  /** Sorted by key in the order of its characters, then by age. */
  async list(): Promise<Upload[]> {
    const ids = await readdir(this.folder);
    const uploads = (await inBatches(ids, (id) => this.find(id))).filter((upload) => upload !== undefined);
    return uploads.sort((a, b) => (a.key === b.key ? a.initiated - b.initiated : a.key < b.key ? -1 : 1));
  }

  /** @throws S3Error NoSuchUpload when the upload was completed or aborted meanwhile */
  async putPart(upload: Upload, number: number, draft: string, metadata: ObjectMetadata): Promise<void> {
    await appendMetadata(draft, metadata);
    await this.within(upload, () => rename(draft, join(this.folderOf(upload), String(number))));
  }

  async parts(upload: Upload): Promise<Part[]> {
    const folder = this.folderOf(upload);
    const names = await this.within(upload, () => readdir(folder));
    const numbers = names.map(Number).filter((number) => number > 0);
    const readPart = async (number: number): Promise<Part> => {
      const file = join(folder, String(number));
      return { ...(await readMetadata(file)), number, file };
    };
    const ascending = numbers.sort((a, b) => a - b);
    return this.within(upload, () => inBatches(ascending, readPart));
  }

  /**
   * Returns the parts that make up the object.
   *
   * @throws S3Error InvalidPartOrder, InvalidPart, EntityTooSmall
   */
  async choose(upload: Upload, chosen: readonly ChosenPart[]): Promise<Part[]> {
    const stored = new Map((await this.parts(upload)).map((part) => [part.number, part]));
    if (chosen.some(({ number }, index) => number <= (chosen[index - 1]?.number ?? 0)))
      throw new S3Error('InvalidPartOrder', 'The list of parts was not in ascending order.');
    const parts = chosen.map(({ number, etag }) => {
      const part = stored.get(number);
      if (part?.etag === etag) return part;
      throw new S3Error('InvalidPart', `Part ${number} was not uploaded, or has another entity tag.`);
    });
    const small = parts.slice(0, -1).find(({ size }) => size < MIN_PART);
    if (!small) return parts;
    throw new S3Error('EntityTooSmall', `Part ${small.number} has less than 5 MiB and is not the last.`);
  }

  /** The content of parts, one after the other. */
  async *contentOf(upload: Upload, parts: readonly Part[]): AsyncGenerator<Buffer> {
    for (const { file, size } of parts) {
      if (size === 0) continue;
      try {
        yield* createReadStream(file, { end: size - 1 }) as AsyncIterable<Buffer>;
      } catch (error) {
        throw isMissing(error) ? noSuchUpload(upload.id) : error;
      }
    }
  }

  /** @throws S3Error NoSuchUpload when it no longer exists */
  async remove(upload: Upload): Promise<void> {
    await this.within(upload, () => this.drafts.discard(this.folderOf(upload)));
  }

  private folderOf({ id }: Pick<Upload, 'id'>): string {
    return join(this.folder, id);
  }

  private async find(id: string): Promise<Upload | undefined> {
    try {
      return JSON.parse(await readFile(join(this.folder, id, 'upload.json'), 'utf8')) as Upload;
    } catch (error) {
      // Completed or aborted meanwhile, or incomplete because the server was killed.
      if (isMissing(error) || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  private async within<T>(upload: Upload, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw isMissing(error) ? noSuchUpload(upload.id) : error;
    }
  }
}

/** Computed as in S3: the MD5 of the parts' MD5s, and their number. */
export function etagOf(parts: readonly ChosenPart[]): string {
  const hash = createHash('md5');
  for (const { etag } of parts) hash.update(etag, 'hex');
  return `${hash.digest('hex')}-${parts.length}`;
}

function noSuchUpload(id: string): S3Error {
  const message = 'The specified upload does not exist. It may have been aborted or completed.';
  return new S3Error('NoSuchUpload', message, { UploadId: id });
}
