import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { generateOutput } from './generated-output.ts';
import { root } from './paths.ts';
import { type ProtoSource, sources } from './proto-source.ts';

export interface StaleFile {
  readonly path: string;
  readonly problem: 'missing' | 'out of date' | 'no longer generated';
}

/** Generates the code from the proto files in memory, and returns the committed files that differ from it. */
export async function findStale(): Promise<StaleFile[]> {
  const stale: StaleFile[] = [];
  for (const proto of sources) stale.push(...(await findStaleOf(proto)));
  return stale;
}

async function findStaleOf(proto: ProtoSource): Promise<StaleFile[]> {
  const output = await generateOutput(proto);
  const stale: StaleFile[] = [];
  for (const [path, text] of output) {
    const committed = join(root, path);
    if (!existsSync(committed)) stale.push({ path, problem: 'missing' });
    else if (readFileSync(committed, 'utf8') !== text) stale.push({ path, problem: 'out of date' });
  }
  for (const entry of readdirSync(proto.output, { recursive: true, withFileTypes: true })) {
    const path = relative(root, join(entry.parentPath, entry.name));
    if (entry.isFile() && !output.has(path)) stale.push({ path, problem: 'no longer generated' });
  }
  return stale;
}
