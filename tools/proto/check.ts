/** `npm run proto:check`: lint, compatibility with the baseline, and whether the committed code is current. */
import { bufPasses } from './buf.ts';
import { baselineImage } from './paths.ts';
import { findStale } from './stale-output.ts';

const passed = [
  bufPasses('lint', 'proto'),
  bufPasses('format', 'proto', '--path', 'proto/ganymede', '--diff', '--exit-code'),
  bufPasses('breaking', 'proto', '--against', baselineImage),
  await isCurrent(),
];
if (passed.every(Boolean)) {
  process.stdout.write('proto: lint, format, compatibility and generated code are in order\n');
} else {
  process.exitCode = 1;
}

async function isCurrent(): Promise<boolean> {
  try {
    const stale = await findStale();
    if (stale.length === 0) return true;
    for (const { path, problem } of stale) process.stderr.write(`${path}: ${problem}\n`);
    process.stderr.write('Generated code does not match proto: run `npm run proto:generate` and commit.\n');
  } catch (error) {
    process.stderr.write(`proto: ${error instanceof Error ? error.message : String(error)}\n`);
  }
  return false;
}
