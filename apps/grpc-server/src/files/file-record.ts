import type { StoredFile } from '@app/contracts';

/**
 * - `stored`: the object exists.
 * - `missing`: a sweep did not find the object.
 * - `removing`: the object is being deleted. The record is deleted after it.
 * - `orphaned`: an object had no record. The record reserves the key while the object is deleted.
 */
export type FileState = 'stored' | 'missing' | 'removing' | 'orphaned';

/** The record of a file in the register. */
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
