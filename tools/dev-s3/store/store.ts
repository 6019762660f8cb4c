import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { S3Error } from '../protocol/s3.error.ts';
import { Bucket } from './bucket.ts';
import { Drafts } from './drafts.ts';

/** The buckets, in a folder that one process uses at a time. Writes with a reply survive when the server is killed. */
export class Store {
  readonly drafts: Drafts;
  private readonly folder: string;
  private readonly bucketsByName = new Map<string, Bucket>();

  private constructor(folder: string, drafts: Drafts) {
    this.folder = folder;
    this.drafts = drafts;
  }

  static async open(folder: string): Promise<Store> {
    const buckets = join(folder, 'buckets');
    await mkdir(buckets, { recursive: true });
    const store = new Store(buckets, await Drafts.open(join(folder, 'drafts')));
    for (const name of await readdir(buckets)) await store.open(name);
    return store;
  }

  /** Sorted by name. */
  buckets(): Bucket[] {
    return [...this.bucketsByName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws S3Error NoSuchBucket */
  bucket(name: string): Bucket {
    const bucket = this.bucketsByName.get(name);
    if (bucket) return bucket;
    throw new S3Error('NoSuchBucket', 'The specified bucket does not exist', { BucketName: name });
  }

  /** @throws S3Error InvalidBucketName, BucketAlreadyOwnedByYou */
  async create(name: string): Promise<void> {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) || name.includes('..'))
      throw new S3Error('InvalidBucketName', 'The specified bucket is not valid.', { BucketName: name });
    if (this.bucketsByName.has(name))
      throw new S3Error('BucketAlreadyOwnedByYou', 'You have this bucket already.', { BucketName: name });
    await this.open(name);
  }

  /** @throws S3Error NoSuchBucket, BucketNotEmpty */
  async remove(name: string): Promise<void> {
    if (!this.bucket(name).isEmpty)
      throw new S3Error('BucketNotEmpty', 'The bucket you tried to delete is not empty', {
        BucketName: name,
      });
    this.bucketsByName.delete(name);
    await this.drafts.discard(join(this.folder, name));
  }

  private async open(name: string): Promise<void> {
    const bucket = await Bucket.open(name, join(this.folder, name), this.drafts);
    // Another request may have created it meanwhile.
    if (!this.bucketsByName.has(name)) this.bucketsByName.set(name, bucket);
  }
}
