import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { buildDescriptorSet } from './descriptor-set.ts';
import { RulesReader } from './field-rules.ts';
import { generateBarrel } from './generate-barrel.ts';
import { generateDescriptors } from './generate-descriptors.ts';
import { generateMessages } from './generate-messages.ts';
import { generateServices } from './generate-services.ts';
import { ValidatorsGenerator } from './generate-validators.ts';
import { generatedFolder, root } from './paths.ts';
import { allMessages, ValidTypes } from './valid-types.ts';

/** All files generated from proto, as text by path relative to the repository's root. */
export async function generateOutput(): Promise<Map<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'proto-messages-'));
  try {
    const descriptors = buildDescriptorSet();
    const output = generateMessages(folder);
    const { files, registry } = descriptors;
    const rules = new RulesReader(registry);
    const validTypes = new ValidTypes(files.flatMap(allMessages), rules);
    const sources = [
      ...files.flatMap((file) => generateServices(file, validTypes)),
      ...new ValidatorsGenerator(files, rules, validTypes).generate(),
      generateDescriptors(descriptors),
    ];
    const style = await resolveConfig(generatedFolder);
    for (const source of sources) {
      output.set(`${source.path}.ts`, await format(source.toString(), { ...style, parser: 'typescript' }));
    }
    const base = relative(root, generatedFolder);
    const barrel = generateBarrel(files, [...output.keys()]);
    return new Map([
      ...[...output].map(([path, text]) => [`${base}/${path}`, text] as const),
      ['libs/contracts/src/index.ts', barrel] as const,
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
