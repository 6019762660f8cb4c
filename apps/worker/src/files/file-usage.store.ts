import type { ContentTypeUsage } from '@app/contracts';
import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';

/** One file was added or removed. */
export interface UsageChange {
  /** Undefined for a file without an owner. */
  owner: string | undefined;
  contentType: string;
  /** 1 or -1. */
  files: number;
  bytes: number;
}

interface UsageRow {
  content_type: string;
  files: string;
  bytes: string;
}

const NOBODY = '';

/** The number and size of each owner's files. These are sums, so the order of the changes does not matter. */
@Injectable()
export class FileUsageStore {
  constructor(private readonly transactions: TransactionHost) {}

  /** Runs in the transaction that records the event in the inbox. */
  async add({ owner = NOBODY, contentType, files, bytes }: UsageChange): Promise<void> {
    await this.transactions.query(
      `INSERT INTO file_usage AS known (owner, content_type, files, bytes) VALUES ($1, $2, $3, $4)
       ON CONFLICT (owner, content_type)
       DO UPDATE SET files = known.files + excluded.files, bytes = known.bytes + excluded.bytes`,
      [owner, contentType, files, bytes],
    );
  }

  /** The usage by content type, largest first; of all owners when none is given. */
  async find(owner: string | undefined): Promise<ContentTypeUsage[]> {
    const rows = await this.transactions.query<UsageRow>(
      `SELECT content_type, sum(files) AS files, sum(bytes) AS bytes FROM file_usage
        WHERE $1::text IS NULL OR owner = $1
        GROUP BY content_type HAVING sum(files) <> 0 ORDER BY sum(bytes) DESC, content_type`,
      [owner ?? null],
    );
    return rows.map((row) => ({
      contentType: row.content_type,
      files: Number(row.files),
      bytes: Number(row.bytes),
    }));
  }
}
