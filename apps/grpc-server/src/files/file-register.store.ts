import type { RegisterFileRequest, StoredFile } from '@app/contracts';
import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';

interface FileRow {
  key: string;
  size: string;
  content_type: string;
  sha256: string;
  owner: string | null;
  etag: string | null;
  created_at: Date;
}

/** The register of files in PostgreSQL. */
@Injectable()
export class FileRegisterStore {
  constructor(private readonly transactions: TransactionHost) {}

  /** Undefined when the key is taken. */
  async insert({
    key,
    size,
    contentType,
    sha256,
    owner,
    etag,
  }: RegisterFileRequest): Promise<StoredFile | undefined> {
    return this.one(
      `INSERT INTO file (key, size, content_type, sha256, owner, etag) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (key) DO NOTHING RETURNING *`,
      [key, size, contentType, sha256, owner, etag],
    );
  }

  async find(key: string): Promise<StoredFile | undefined> {
    return this.one('SELECT * FROM file WHERE key = $1', [key]);
  }

  async remove(key: string): Promise<StoredFile | undefined> {
    return this.one('DELETE FROM file WHERE key = $1 RETURNING *', [key]);
  }

  private async one(sql: string, parameters: readonly unknown[]): Promise<StoredFile | undefined> {
    const [row] = await this.transactions.query<FileRow>(sql, parameters);
    return row && toStoredFile(row);
  }
}

function toStoredFile(row: FileRow): StoredFile {
  return {
    key: row.key,
    size: Number(row.size),
    contentType: row.content_type,
    sha256: row.sha256,
    owner: row.owner ?? undefined,
    etag: row.etag ?? undefined,
    createdAt: row.created_at,
  };
}
