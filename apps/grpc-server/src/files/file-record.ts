import type { StoredFile } from '@app/contracts';

/**
 * `stored`: the object is there. `missing`: a sweep did not find it. `removing`: it is being deleted, and the record
 * goes last. `orphaned`: there was an object without a record, and the record keeps the key while it is deleted.
 */
export type FileState = 'stored' | 'missing' | 'removing' | 'orphaned';

/** A file as the register has it. */
export interface FileRecord extends StoredFile {
  readonly state: FileState;
  readonly stateSince: Date;
  readonly createdAt: Date;
}

export interface FileRow {
  key: string;
  size: string;
  content_type: string;
  sha256: string | null;
  owner: string | null;
  etag: string | null;
  created_at: Date;
  state: FileState;
  state_since: Date;
}

export function toFileRecord(row: FileRow): FileRecord {
  return {
    key: row.key,
    size: Number(row.size),
    contentType: row.content_type,
    sha256: row.sha256 ?? '',
    owner: row.owner ?? undefined,
    etag: row.etag ?? undefined,
    createdAt: row.created_at,
    state: row.state,
    stateSince: row.state_since,
  };
}
