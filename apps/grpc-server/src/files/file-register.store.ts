import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { type FileRecord, type FileRow, type FileState, toFileRecord } from './file-record.js';

/** The data of a new record. */
export interface NewFile {
  key: string;
  size: number;
  contentType: string;
  /** SHA-256 of the content in hexadecimal; empty when the content was not hashed. */
  sha256: string;
  owner?: string | undefined;
  etag?: string | undefined;
}

/** The register of files in PostgreSQL. */
@Injectable()
export class FileRegisterStore {
  constructor(private readonly transactions: TransactionHost) {}

  /** Inserts a record. Returns undefined when the key has a record already. */
  insert(file: NewFile, state: FileState = 'stored'): Promise<FileRecord | undefined> {
    const { key, size, contentType, sha256, owner, etag } = file;
    return this.one(
      `INSERT INTO file (key, size, content_type, sha256, owner, etag, state)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (key) DO NOTHING RETURNING *`,
      [key, size, contentType, sha256 || null, owner, etag, state],
    );
  }

  find(key: string): Promise<FileRecord | undefined> {
    return this.one('SELECT * FROM file WHERE key = $1', [key]);
  }

  /** The records after a key. They are sorted by the bytes of the key, as in the object store. */
  async page(after: string, limit: number): Promise<FileRecord[]> {
    const rows = await this.transactions.query<FileRow>(
      'SELECT * FROM file WHERE key COLLATE "C" > $1 ORDER BY key COLLATE "C" LIMIT $2',
      [after, limit],
    );
    return rows.map(toFileRecord);
  }

  /** Changes the state of a record. Returns undefined when there is none, or its state is not one of `from`. */
  change(key: string, from: readonly FileState[], to: FileState): Promise<FileRecord | undefined> {
    return this.one(
      `UPDATE file SET state = $3, state_since = now() WHERE key = $1 AND state = ANY($2::text[]) RETURNING *`,
      [key, from, to],
    );
  }

  /** Deletes a record. Returns undefined when there is none in this state. */
  remove(key: string, state: FileState): Promise<FileRecord | undefined> {
    return this.one('DELETE FROM file WHERE key = $1 AND state = $2 RETURNING *', [key, state]);
  }

  private async one(sql: string, parameters: readonly unknown[]): Promise<FileRecord | undefined> {
    const [row] = await this.transactions.query<FileRow>(sql, parameters);
    return row && toFileRecord(row);
  }
}
