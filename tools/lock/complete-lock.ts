import { readFileSync, writeFileSync } from 'node:fs';
import { type Lock, missingPlatforms } from './missing-platforms.ts';
import { platformOf } from './platform-of.ts';

/** `npm run lock:complete`: run it after `npm install`, before the lock is committed. */
const FILE = 'package-lock.json';
const lock = JSON.parse(readFileSync(FILE, 'utf8')) as Lock;
const missing = missingPlatforms(lock);
for (const { name, version, parent } of missing) {
  const dev = parent.dev ? { dev: true } : {};
  lock.packages[`node_modules/${name}`] = { version, ...dev, optional: true, ...platformOf(name) };
}
const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(FILE, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
process.stdout.write(`lock: ${missing.length} platform builds added\n`);
