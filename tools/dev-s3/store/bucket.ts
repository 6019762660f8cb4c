import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { S3Error } from '../protocol/s3.error.ts';
import type { Drafts } from './drafts.ts';
import { inBatches } from './in-batches.ts';
import { isMissing } from './is-missing.ts';
import { MultipartUploads } from './multipart-uploads.ts';
import { appendMetadata, type ObjectMetadata, readMetadata } from './object-metadata.ts';
import { type Page, type PageRequest, SortedKeys } from './sorted-keys.ts';

export interface StoredObject extends ObjectMetadata {
  readonly file: string;
}

/** Checks the current object before a write; throws to prevent the write. */
export type Condition = (current: StoredObject | undefined) => void;

/**
 * The objects of a bucket. Each version of an object is a file with its own name, an increasing number. So a read
 * continues with its version while another one replaces it. The keys are held in memory.
 */
export class Bucket {
  readonly name: string;
  readonly created: Date;
  readonly uploads: MultipartUploads;
  private readonly folder: string;
  private readonly objects = new Map<string, StoredObject>();
  private keys = new SortedKeys([]);
  private lastNumber = 0;
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(name: string, folder: string, created: Date, drafts: Drafts) {
    this.name = name;
    this.created = created;
    this.folder = join(folder, 'objects');
    this.uploads = new MultipartUploads(join(folder, 'uploads'), drafts);
  }

  /** Opens a bucket, and creates it if there is none. */
  static async open(name: string, folder: string, drafts: Drafts): Promise<Bucket> {
    for (const each of ['objects', 'uploads']) await mkdir(join(folder, each), { recursive: true });
    const bucket = new Bucket(name, folder, (await stat(folder)).birthtime, drafts);
    await bucket.load();
    return bucket;
  }

  get isEmpty(): boolean {
    return this.objects.size === 0;
  }

  find(key: string): StoredObject | undefined {
    return this.objects.get(key);
  }

  /** @throws S3Error NoSuchKey */
  get(key: string): StoredObject {
    const object = this.objects.get(key);
    if (object) return object;
    throw new S3Error('NoSuchKey', 'The specified key does not exist.', { Key: key });
  }

  /** Opens the file of the current version. The caller closes it. */
  async read(key: string): Promise<{ object: StoredObject; handle: FileHandle }> {
    for (;;) {
      const object = this.get(key);
      try {
        return { object, handle: await open(object.file) };
      } catch (error) {
        // Another version has replaced it meanwhile, or it was deleted.
        if (!isMissing(error) || this.find(key) === object) throw error;
      }
    }
  }

  list(request: PageRequest): Page {
    return this.keys.page(request);
  }

  /** Publishes a content file as the object. The file is moved. */
  async put(draft: string, metadata: ObjectMetadata, condition: Condition): Promise<void> {
    await appendMetadata(draft, metadata);
    await this.write(metadata.key, condition, async () => {
      const file = this.nextFile();
      await rename(draft, file);
      this.objects.set(metadata.key, { ...metadata, file });
      this.keys.add(metadata.key);
    });
  }

  /** Deletes the object, if there is one. */
  async delete(key: string, condition: Condition = () => undefined): Promise<void> {
    await this.write(key, condition, async () => {
      this.objects.delete(key);
      this.keys.delete(key);
    });
  }

  /** Writes run one after the other, so that no write happens between the condition of another one and its effect. */
  private async write(key: string, condition: Condition, work: () => Promise<void>): Promise<void> {
    const write = this.turn.then(async () => {
      const before = this.find(key);
      condition(before);
      await work();
      return before;
    });
    this.turn = write.catch(() => undefined);
    const replaced = await write;
    if (replaced) await rm(replaced.file, { force: true });
  }

  private nextFile(): string {
    this.lastNumber = Math.max(this.lastNumber + 1, Date.now() * 1000);
    return join(this.folder, String(this.lastNumber));
  }

  /** A server that was killed may have left the previous version: the greater number counts. */
  private async load(): Promise<void> {
    const names = (await readdir(this.folder)).filter((name) => /^\d+$/.test(name));
    const files = names.sort((a, b) => Number(a) - Number(b)).map((name) => join(this.folder, name));
    for (const object of await inBatches(files, readObject)) {
      if (!object) continue;
      const before = this.find(object.key);
      if (before) await rm(before.file);
      this.objects.set(object.key, object);
    }
    this.keys = new SortedKeys(this.objects.keys());
    this.lastNumber = Number(names.at(-1) ?? 0);
  }
}

/** A power failure may leave an incomplete file. It is not deleted and not served; the other files are. */
async function readObject(file: string): Promise<StoredObject | undefined> {
  try {
    return { ...(await readMetadata(file)), file };
  } catch (error) {
    process.stderr.write(`${String(error)} It is not served.\n`);
    return undefined;
  }
}
