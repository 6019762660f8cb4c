import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { type FileRecord, type FileRow, type FileState, toFileRecord } from './file-record.js';

/** What is said of a new record. */
export interface NewFile {
  key: string;
  size: number;
  contentType: string;
  /** Empty when nobody has hashed the content. */
  sha256: string;
  owner?: string | undefined;
  etag?: string | undefined;
}

/** The register of files in PostgreSQL. */
@Injectable()
export class FileRegisterStore {
  constructor(private readonly transactions: TransactionHost) {}

  /** Undefined when the key is taken. */
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

  /** The records behind a key, in the order of the object store: that of the bytes. */
  async page(after: string, limit: number): Promise<FileRecord[]> {
    const rows = await this.transactions.query<FileRow>(
      'SELECT * FROM file WHERE key COLLATE "C" > $1 ORDER BY key COLLATE "C" LIMIT $2',
      [after, limit],
    );
    return rows.map(toFileRecord);
  }

  /** Undefined when there is no such record, or it is in none of the states `from`. */
  change(key: string, from: readonly FileState[], to: FileState): Promise<FileRecord | undefined> {
    return this.one(
      `UPDATE file SET state = $3, state_since = now() WHERE key = $1 AND state = ANY($2::text[]) RETURNING *`,
      [key, from, to],
    );
  }

  /** Undefined when there is no such record, or it is not in this state. */
  remove(key: string, state: FileState): Promise<FileRecord | undefined> {
    return this.one('DELETE FROM file WHERE key = $1 AND state = $2 RETURNING *', [key, state]);
  }

  private async one(sql: string, parameters: readonly unknown[]): Promise<FileRecord | undefined> {
    const [row] = await this.transactions.query<FileRow>(sql, parameters);
    return row && toFileRecord(row);
  }
}
