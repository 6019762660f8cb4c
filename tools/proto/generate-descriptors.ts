import type { DescriptorSet } from './descriptor-set.ts';
import { SourceFile } from './source-file.ts';

const lineLength = 100;

/** Generates the descriptor image as base64, because bundled apps have no proto files at run time. */
export function generateDescriptors({ bytes }: DescriptorSet): SourceFile {
  const text = Buffer.from(bytes).toString('base64');
  const chunks = text.match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [];
  const source = new SourceFile('descriptors', 'proto');
  source.add(
    'const encoded = [',
    ...chunks.map((chunk) => `  '${chunk}',`),
    '];',
    '',
    '/** A serialized google.protobuf.FileDescriptorSet of all packages and their imports; for reflection. */',
    "export const fileDescriptorSet = (): Uint8Array => Buffer.from(encoded.join(''), 'base64');",
  );
  return source;
}
