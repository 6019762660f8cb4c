import { type AnyDesc, fromBinary } from '@bufbuild/protobuf';
import { type FileDescriptorSet, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { buf } from '../buf.ts';
import { root } from '../paths.ts';
import { type ProtoSource, withProtoFolder } from '../proto-source.ts';

type Annotated = Extract<AnyDesc, { kind: 'field' | 'rpc' | 'enum' | 'enum_value' | 'message' }>;

/** A wrong annotation. Its message says where, what is wrong, and what to do. */
export class AnnotationError extends Error {
  readonly target: Annotated;

  constructor(target: Annotated, message: string) {
    super(`${nameOf(target)}: ${message}`);
    this.name = 'AnnotationError';
    this.target = target;
  }

  /** The same error with the file and the line of its target in front. */
  located(proto: ProtoSource): Error {
    const { file } = fileAndPath(this.target);
    const line = lineOf(this.target, proto);
    return new Error(`${pathOf(`${file}.proto`, proto)}:${line ?? '?'}: ${this.message}`, { cause: this });
  }
}

/** The path of a proto file from the root of the project; for a file elsewhere, from its proto folder. */
function pathOf(file: string, { folders }: ProtoSource): string {
  const folder = folders.find((each) => existsSync(join(each, file)));
  const path = folder === undefined ? file : relative(root, join(folder, file));
  return path.startsWith('..') ? file : path;
}

function nameOf(target: Annotated): string {
  if (target.kind === 'rpc') return `${target.parent.typeName}.${target.name}`;
  if (target.kind === 'field') return `${target.parent.typeName}.${target.name}`;
  return target.kind === 'enum_value' ? `${target.parent.typeName}.${target.name}` : target.typeName;
}

/** Numbers of the fields of google.protobuf.FileDescriptorProto and its parts. */
const FILE = { message: 4, enum: 5, service: 6 };
const MESSAGE = { field: 2, nested: 3, enum: 4 };
const SERVICE = { method: 2 };
const ENUM = { value: 2 };

/** The file of a target, and its path in the descriptor as in google.protobuf.SourceCodeInfo. */
function fileAndPath(target: Annotated): { file: string; path: number[] } {
  switch (target.kind) {
    case 'rpc': {
      const { parent } = target;
      const path = [FILE.service, parent.file.services.indexOf(parent)];
      return { file: parent.file.name, path: [...path, SERVICE.method, parent.methods.indexOf(target)] };
    }
    case 'field': {
      const { file, path } = fileAndPath(target.parent);
      return { file, path: [...path, MESSAGE.field, target.parent.fields.indexOf(target)] };
    }
    case 'enum_value': {
      const { file, path } = fileAndPath(target.parent);
      return { file, path: [...path, ENUM.value, target.parent.values.indexOf(target)] };
    }
    case 'enum':
    case 'message': {
      const { parent, file } = target;
      const isEnum = target.kind === 'enum';
      const siblings = siblingsOf(parent ?? file, isEnum) as readonly unknown[];
      const at = siblings.indexOf(target);
      if (!parent) return { file: file.name, path: [isEnum ? FILE.enum : FILE.message, at] };
      return {
        file: file.name,
        path: [...fileAndPath(parent).path, isEnum ? MESSAGE.enum : MESSAGE.nested, at],
      };
    }
  }
}

function siblingsOf(scope: Extract<AnyDesc, { kind: 'file' | 'message' }>, enums: boolean) {
  if (enums) return scope.kind === 'file' ? scope.enums : scope.nestedEnums;
  return scope.kind === 'file' ? scope.messages : scope.nestedMessages;
}

/** The line of a target, from 1. */
function lineOf(target: Annotated, proto: ProtoSource): number | undefined {
  const { file, path } = fileAndPath(target);
  const set = linesOf.get(proto) ?? compileWithLines(proto);
  linesOf.set(proto, set);
  const locations = set.file.find(({ name }) => name === `${file}.proto`)?.sourceCodeInfo?.location ?? [];
  const found = locations.find((location) => location.path.join() === path.join());
  const [line] = found?.span ?? [];
  return line === undefined ? undefined : line + 1;
}

const linesOf = new WeakMap<ProtoSource, FileDescriptorSet>();

/** Compiles the files once more, because descriptors usually have no lines. */
function compileWithLines(proto: ProtoSource): FileDescriptorSet {
  const folder = mkdtempSync(join(tmpdir(), 'proto-lines-'));
  try {
    const image = join(folder, 'image.binpb');
    withProtoFolder(proto, (input) =>
      buf('build', input, '--path', join(input, proto.own), '--as-file-descriptor-set', '-o', image),
    );
    return fromBinary(FileDescriptorSetSchema, readFileSync(image));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
