import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const SUFFIX = '._S3rver_object';

/** In the order of S3: that of the bytes. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The keys below a bucket's folder that begin with a prefix, in no order. Folders may vanish while it looks. */
export async function* objectKeys(folder: string, prefix: string, below = ''): AsyncGenerator<string, void> {
  for (const entry of await entriesOf(join(folder, below))) {
    const path = `${below}${entry.name}`;
    const deeper = `${path}/`;
    if (entry.isDirectory()) {
      if (deeper.startsWith(prefix) || prefix.startsWith(deeper)) yield* objectKeys(folder, prefix, deeper);
    } else if (path.endsWith(SUFFIX) && path.startsWith(prefix)) {
      const key = path.slice(0, -SUFFIX.length);
      if (key.startsWith(prefix)) yield key;
    }
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
