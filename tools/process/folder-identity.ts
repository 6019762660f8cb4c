import { statSync } from 'node:fs';

/**
 * Tells a folder from its copies: a move within a file system keeps device and inode number, a copy gets new ones.
 * `.stack` is copied with a checkout, and what it says of running processes is true in the original alone.
 */
export function folderIdentity(folder: string): string {
  const { dev, ino } = statSync(folder, { bigint: true });
  return `${dev}:${ino}`;
}
