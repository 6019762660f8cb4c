/** `npm run proto:generate`: writes libs/contracts from proto, and the code of test/edge from its own proto files. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generateOutput } from './generated-output.ts';
import { root } from './paths.ts';
import { sources } from './proto-source.ts';

try {
  for (const proto of sources) {
    const output = await generateOutput(proto);
    rmSync(proto.output, { recursive: true, force: true });
    for (const [path, text] of output) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    process.stdout.write(`proto: ${output.size} files written from ${proto.own}\n`);
  }
} catch (error) {
  process.stderr.write(`proto: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
