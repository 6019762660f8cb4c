import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';

/** Somebody may write this key past the gateway. */
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

/** Keys that may be written with a presigned URL, and on whose behalf. */
@Injectable()
export class FileReservationStore {
  constructor(private readonly transactions: TransactionHost) {}

  /** False when somebody else has the key; the owner's own reservation lasts as long as the later of both. */
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

  /** Removes it unless the key may still be written. */
  async removeExpired(key: string): Promise<void> {
    await this.transactions.query('DELETE FROM file_reservation WHERE key = $1 AND expires_at < now()', [
      key,
    ]);
  }

  /** Removes those that expired before an instant: what they were for never came. */
  async purge(before: Date): Promise<void> {
    await this.transactions.query('DELETE FROM file_reservation WHERE expires_at < $1', [before]);
  }
}
