import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { relative, join, sep } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { buildDescriptorSet, type DescriptorSet } from './descriptor-set.ts';
import { RulesReader } from './field-rules.ts';
import { AnnotationError } from './edge/annotation.error.ts';
import { refuseBrokenDefaults } from './edge/default-rules.ts';
import { Endpoints } from './edge/endpoints.ts';
import { MessageForms } from './edge/message-form.ts';
import { conditionFields } from './edge/method-rules.ts';
import { OptionsReader } from './edge/options.ts';
import { generateBarrel } from './generate-barrel.ts';
import { generateDescriptors } from './generate-descriptors.ts';
import { generateMessages } from './generate-messages.ts';
import { generateServices } from './generate-services.ts';
import { ValidatorsGenerator } from './generate-validators.ts';
import { contractsFolder, root } from './paths.ts';
import { contracts, type ProtoSource } from './proto-source.ts';
import type { SourceFile } from './source-file.ts';
import { allMessages, ValidTypes } from './valid-types.ts';

/** All files generated from a set of proto files, as text by path relative to the repository's root. */
export async function generateOutput(proto: ProtoSource): Promise<Map<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'proto-messages-'));
  try {
    const descriptors = buildDescriptorSet(proto);
    const output = generateMessages(proto, folder);
    const sources = generateSources(proto, descriptors);
    const style = await resolveConfig(proto.output);
    const support = relative(proto.output, contractsFolder).split(sep).join('/');
    for (const source of sources) {
      output.set(
        `${source.path}.ts`,
        await format(source.toText(support), { ...style, parser: 'typescript' }),
      );
    }
    const base = relative(root, proto.output);
    const all = new Map([...output].map(([path, text]) => [`${base}/${path}`, text]));
    if (proto === contracts)
      all.set('libs/contracts/src/index.ts', generateBarrel(descriptors.files, [...output.keys()]));
    return all;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The generated files of a set of proto files, messages excepted. @throws Error with file and line of a wrong annotation */
export function generateSources(proto: ProtoSource, descriptors: DescriptorSet): SourceFile[] {
  try {
    return unlocatedSources(proto, descriptors);
  } catch (error) {
    throw error instanceof AnnotationError ? error.located(proto) : error;
  }
}

function unlocatedSources(proto: ProtoSource, descriptors: DescriptorSet): SourceFile[] {
  const { files, registry } = descriptors;
  const rules = new RulesReader(registry);
  const validTypes = new ValidTypes(files.flatMap(allMessages), rules);
  const forms = formsOf(descriptors);
  const endpoints = new Endpoints(forms);
  const edge = endpoints.generate(files);
  refuseBrokenDefaults(files.flatMap(allMessages), forms, rules);
  return [
    ...edge,
    ...files.flatMap((file) => generateServices(file, validTypes, endpoints)),
    ...new ValidatorsGenerator(files, rules, validTypes).generate(),
    ...(proto === contracts ? [generateDescriptors(descriptors)] : []),
  ];
}

function formsOf({ files, registry }: DescriptorSet): MessageForms {
  const options = new OptionsReader(registry);
  const methods = files.flatMap(({ services }) => services.flatMap((service) => service.methods));
  return new MessageForms(options, conditionFields(methods, options));
}
