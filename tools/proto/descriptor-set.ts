import { createFileRegistry, fromBinary, type DescFile, type FileRegistry } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buf } from './buf.ts';
import { isOwn, type ProtoSource, withProtoFolder } from './proto-source.ts';

export interface DescriptorSet {
  /** A serialized google.protobuf.FileDescriptorSet with imports and without comments. */
  readonly bytes: Uint8Array;
  readonly registry: FileRegistry;
  /** The proto files of the project, without those of libraries, sorted by name. */
  readonly files: readonly DescFile[];
}

/** Compiles the proto files with buf. */
export function buildDescriptorSet(proto: ProtoSource): DescriptorSet {
  const folder = mkdtempSync(join(tmpdir(), 'proto-descriptors-'));
  try {
    const path = join(folder, 'descriptors.binpb');
    withProtoFolder(proto, (input) =>
      buf(
        'build',
        input,
        ...[proto.own, ...proto.shared].flatMap((each) => ['--path', join(input, each)]),
        '--as-file-descriptor-set',
        '--exclude-source-info',
        '-o',
        path,
      ),
    );
    const bytes = readFileSync(path);
    const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
    const files = [...registry.files]
      .filter((file) => isOwn(proto, file.name))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    return { bytes, registry, files };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
