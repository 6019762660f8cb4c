import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';

/** The right to write a key directly to the object store, with a presigned URL. */
export interface FileReservation {
  readonly key: string;
  readonly owner: string | undefined;
  readonly expiresAt: Date;
}

interface ReservationRow {
  key: string;
  owner: string | null;
  expires_at: Date;
}

/** The keys that clients may write with a presigned URL, with the owner of each. */
@Injectable()
export class FileReservationStore {
  constructor(private readonly transactions: TransactionHost) {}

  /**
   * Reserves a key. Returns false when another owner has reserved it. A second reservation by the same owner extends
   * the first one.
   */
  async save({ key, owner, expiresAt }: FileReservation): Promise<boolean> {
    const rows = await this.transactions.query(
      `INSERT INTO file_reservation AS held (key, owner, expires_at) VALUES ($1, $2, $3)
       ON CONFLICT (key) DO UPDATE SET expires_at = greatest(held.expires_at, excluded.expires_at)
        WHERE held.owner IS NOT DISTINCT FROM excluded.owner
       RETURNING key`,
      [key, owner, expiresAt],
    );
    return rows.length > 0;
  }

  async find(key: string): Promise<FileReservation | undefined> {
    const [row] = await this.transactions.query<ReservationRow>(
      'SELECT * FROM file_reservation WHERE key = $1',
      [key],
    );
    return row && { key: row.key, owner: row.owner ?? undefined, expiresAt: row.expires_at };
  }

  /** Deletes the reservation of a key if it has expired. */
  async removeExpired(key: string): Promise<void> {
    await this.transactions.query('DELETE FROM file_reservation WHERE key = $1 AND expires_at < now()', [
      key,
    ]);
  }

  /** Deletes the reservations that expired before a time. The clients have not written these keys. */
  async purge(before: Date): Promise<void> {
    await this.transactions.query('DELETE FROM file_reservation WHERE expires_at < $1', [before]);
  }
}
