import { statSync } from 'node:fs';

/**
 * Distinguishes a folder from its copies: a move within a file system keeps device and inode number, a copy gets new
 * ones. `.stack` is copied with a checkout, but its records of running processes are valid only in the original.
 */
export function folderIdentity(folder: string): string {
  const { dev, ino } = statSync(folder, { bigint: true });
  return `${dev}:${ino}`;
}
