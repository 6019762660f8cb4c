import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { generatedFolder, root } from './paths.ts';

/** A set of proto files, and where its generated code belongs. */
export interface ProtoSource {
  /** Folders with proto files; a later one adds to the earlier ones. Their imports must be among them. */
  readonly folders: readonly string[];
  /** The package folder for which code is generated: `ganymede`. */
  readonly own: string;
  /** Package folders below `own` that only describe other packages. */
  readonly without: readonly string[];
  /** Packages of libraries that the descriptors also contain. */
  readonly shared: readonly string[];
  /** Packages of libraries whose messages are also generated. */
  readonly messages: readonly string[];
  /** The folder of the generated code; it contains no other files. */
  readonly output: string;
}

/** The API of the project. */
export const contracts: ProtoSource = {
  folders: [join(root, 'proto')],
  own: 'ganymede',
  without: ['ganymede/options'],
  shared: ['grpc/health', 'google/rpc'],
  messages: ['google/rpc'],
  output: generatedFolder,
};

/** An API for the tests of the HTTP edge, with every form that an annotation can have. */
export const conformance: ProtoSource = {
  folders: [join(root, 'proto'), join(root, 'test/edge/proto')],
  own: 'ganymede/conformance',
  without: [],
  shared: [],
  messages: [],
  output: join(root, 'test/edge/generated'),
};

export const sources: readonly ProtoSource[] = [contracts, conformance];

/** Whether code is generated for a proto file, by its name without `.proto`. */
export function isOwn({ own, without }: ProtoSource, file: string): boolean {
  return file.startsWith(`${own}/`) && !without.some((each) => file.startsWith(`${each}/`));
}

/**
 * Gives buf one folder with the proto files of a source: the only folder itself, so that errors of buf name its files,
 * or a copy of several, which is removed after `use`.
 */
export function withProtoFolder<T>({ folders }: ProtoSource, use: (folder: string) => T): T {
  const [only, ...others] = folders;
  if (only !== undefined && others.length === 0) return use(relative(root, only));
  const folder = mkdtempSync(join(tmpdir(), 'proto-'));
  try {
    for (const each of folders) cpSync(each, folder, { recursive: true });
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
