import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { S3Fault } from './s3-fault.ts';

export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly folder: string;
  readonly initiated: Date;
}

export interface Part {
  readonly number: number;
  readonly size: number;
  readonly md5: string;
  readonly modified: Date;
}

/** The unfinished uploads of a bucket as s3rver lays them out: `<id>/key`, `<id>/metadata`, `<id>/<n>`, `<id>/<n>.md5`. */
export class MultipartFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws S3Fault NoSuchUpload */
  async open(id: string): Promise<Upload> {
    const upload = /^[0-9a-f]+$/.test(id) ? await this.#find(id) : undefined;
    if (!upload)
      throw new S3Fault('NoSuchUpload', 'The upload does not exist, was completed or was aborted.', {
        UploadId: id,
      });
    return upload;
  }

  /** By key, then by age. */
  async list(): Promise<Upload[]> {
    const ids = await readdir(this.#folder).catch(() => []);
    const uploads = (await Promise.all(ids.map((id) => this.#find(id)))).filter(
      (upload) => upload !== undefined,
    );
    return uploads.sort((a, b) =>
      a.key === b.key ? Number(a.initiated) - Number(b.initiated) : a.key < b.key ? -1 : 1,
    );
  }

  async parts(upload: Upload): Promise<Part[]> {
    const numbers = (await readdir(upload.folder)).filter((name) => /^\d+$/.test(name)).map(Number);
    const parts = await Promise.all(
      numbers.map(async (number) => {
        const path = join(upload.folder, String(number));
        const [stats, md5] = await Promise.all([stat(path), readFile(`${path}.md5`, 'utf8').catch(() => '')]);
        return { number, size: stats.size, md5, modified: stats.mtime };
      }),
    );
    return parts.filter(({ md5 }) => md5 !== '').sort((a, b) => a.number - b.number);
  }

  async abort(upload: Upload): Promise<void> {
    await rm(upload.folder, { recursive: true, force: true });
  }

  async #find(id: string): Promise<Upload | undefined> {
    const folder = join(this.#folder, id);
    try {
      const [key, stats] = await Promise.all([
        readFile(join(folder, 'key'), 'utf8'),
        stat(join(folder, 'key')),
      ]);
      return { id, key, folder, initiated: stats.mtime };
    } catch {
      return undefined;
    }
  }
}
