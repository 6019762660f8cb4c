import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { buf } from './buf.ts';
import { type ProtoSource, withProtoFolder } from './proto-source.ts';

/** Generates messages into `folder` with ts-proto; returns the required files by relative path. */
export function generateMessages(proto: ProtoSource, folder: string): Map<string, string> {
  const packages = [proto.own, ...proto.messages];
  withProtoFolder(proto, (input) => {
    const only = packages.flatMap((path) => ['--path', join(input, path)]);
    const except = proto.without.flatMap((path) => ['--exclude-path', join(input, path)]);
    buf('generate', input, '--template', 'proto/buf.gen.yaml', ...only, ...except, '-o', folder);
  });
  const needed = new Map<string, string>();
  const visit = (path: string) => {
    if (needed.has(path)) return;
    const text = readFileSync(join(folder, path), 'utf8');
    needed.set(path, text);
    for (const [, target = ''] of text.matchAll(/ from "(\.[^"]+)\.js";/g)) {
      visit(normalize(join(dirname(path), `${target}.ts`)));
    }
  };
  // ts-proto also generates files that are imported only for their options, such as 10,000 lines of buf.validate.
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(folder.length + 1);
    if (entry.isFile() && packages.some((owned) => path.startsWith(`${owned}/`))) visit(path);
  }
  return needed;
}
