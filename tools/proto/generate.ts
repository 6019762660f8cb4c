/** `npm run proto:generate`: writes libs/contracts from proto. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generateOutput } from './generated-output.ts';
import { generatedFolder, root } from './paths.ts';

try {
  const output = await generateOutput();
  rmSync(generatedFolder, { recursive: true, force: true });
  for (const [path, text] of output) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  process.stdout.write(`proto: ${output.size} files written\n`);
} catch (error) {
  process.stderr.write(`proto: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
