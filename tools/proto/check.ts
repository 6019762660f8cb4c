/** `npm run proto:check`: lint, compatibility with the baseline, and whether the committed code is current. */
import { bufPasses } from './buf.ts';
import { baselineImage } from './paths.ts';
import { findStale } from './stale-output.ts';

const lint = bufPasses('lint', 'proto');
const format = bufPasses('format', 'proto', '--path', 'proto/ganymede', '--diff', '--exit-code');
const breaking = bufPasses('breaking', 'proto', '--against', baselineImage);
const stale = lint ? await findStale() : [];
for (const file of stale) process.stderr.write(`${file.path}: ${file.problem}\n`);
if (stale.length > 0)
  process.stderr.write('Generated code does not match proto: run `npm run proto:generate` and commit.\n');
if (lint && format && breaking && stale.length === 0)
  process.stdout.write('proto: lint, compatibility and generated code are in order\n');
else process.exitCode = 1;
