/** A wrong annotation, and the facts that its refusal states. */
export interface RefusalCase {
  /** Completes the title: `the generator refuses …`. */
  readonly what: string;
  /** The methods of a service. `// wrong` marks the lines of which the refusal names one. */
  readonly methods: string;
  /** The messages and enums of the methods. */
  readonly messages?: string;
  /** Texts that the refusal contains: names of methods and fields, and a word of the remedy. */
  readonly says: readonly (string | RegExp)[];
}

const SYNTAX = 'syntax = "proto3";';
const IMPORTS = `

import "buf/validate/validate.proto";
import "google/api/annotations.proto";
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
import "google/rpc/status.proto";
import "ganymede/options/v1/options.proto";
`;

const MARK = ' // wrong';

/** The proto file of a case. Cases have short names for options: `(http)`, `(edge)`, `(field)`, `(value)`. */
export function protoOf({ methods, messages = '' }: RefusalCase, packageName: string): string {
  const head = `${SYNTAX}\npackage ${packageName};\n${IMPORTS}`;
  return `${head}\nservice WrongService {\n${expand(methods)}\n}\n${expand(messages)}\n`;
}

/** The numbers of the marked lines of a proto file, from 1. The line of a method stands for its options. */
export function markedLines(proto: string): number[] {
  const lines = proto.split('\n');
  return lines.flatMap((line, index) => {
    if (!line.endsWith(MARK)) return [];
    const method = lines.slice(0, index).findLastIndex((each) => each.includes('rpc '));
    return line.trim().startsWith('option') ? [index + 1, method + 1] : [index + 1];
  });
}

function expand(text: string): string {
  return text
    .replaceAll('(http)', '(google.api.http)')
    .replaceAll('(edge)', '(ganymede.options.v1.edge)')
    .replaceAll('(field)', '(ganymede.options.v1.field)')
    .replaceAll('(value)', '(ganymede.options.v1.enum_value)')
    .replaceAll('(rule)', '(buf.validate.field)');
}
