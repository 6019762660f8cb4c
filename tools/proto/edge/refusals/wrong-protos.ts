import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildDescriptorSet, type DescriptorSet } from '../../descriptor-set.ts';
import { generateSources } from '../../generated-output.ts';
import { root } from '../../paths.ts';
import type { ProtoSource } from '../../proto-source.ts';
import { protoOf, type RefusalCase } from './refusal-case.ts';

/** The proto files of all cases, each in a package of its own, compiled once. */
export class WrongProtos {
  private readonly folder = mkdtempSync(join(tmpdir(), 'proto-refusals-'));
  private readonly source: ProtoSource = {
    folders: [join(root, 'proto'), this.folder],
    own: 'ganymede/wrong',
    without: [],
    shared: [],
    messages: [],
    output: join(this.folder, 'output'),
  };
  private readonly names: ReadonlyMap<RefusalCase, string>;
  private readonly descriptors: DescriptorSet;

  constructor(cases: readonly RefusalCase[]) {
    this.names = new Map(cases.map((each, index) => [each, `ganymede/wrong/case${index}/v1/wrong.proto`]));
    for (const [each, name] of this.names) {
      const path = join(this.folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, this.textOf(each));
    }
    this.descriptors = buildDescriptorSet(this.source);
  }

  textOf(wrong: RefusalCase): string {
    return protoOf(wrong, dirname(this.nameOf(wrong)).replaceAll('/', '.'));
  }

  nameOf(wrong: RefusalCase): string {
    return this.names.get(wrong) ?? '';
  }

  /** The message with which the generator refuses a case; undefined when it accepts it. */
  refusalOf(wrong: RefusalCase): string | undefined {
    const files = this.descriptors.files.filter(({ name }) => `${name}.proto` === this.nameOf(wrong));
    try {
      generateSources(this.source, { ...this.descriptors, files });
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
