import { globSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A path setting as Erlang prints it: a string, or a list of code points if the path is not Latin-1 text. */
const PATH_SETTING = /\b(data_dir|wal_data_dir)(\s*=>\s*)("(?:[^"\\]|\\.)*"|\[[\d,\s]*\])/gs;

/** Writes a path as an Erlang string of ASCII characters only, which is the same in every encoding. */
function erlangString(path: string): string {
  const ascii = path.replaceAll(
    /[^ !#-[\]-~]/gu,
    (character) => `\\x{${character.codePointAt(0)?.toString(16) ?? ''}}`,
  );
  return `"${ascii}"`;
}

/**
 * Corrects the paths of quorum queues in a data folder that was moved or copied. For each queue RabbitMQ stores a file
 * `config`, an Erlang term, with the absolute path of the folder two levels above it. With the old path RabbitMQ would
 * fail to write, or change the data of the original.
 *
 * @param mnesia the folder of RabbitMQ's database
 */
export function rewriteQuorumPaths(mnesia: string): void {
  for (const file of globSync('*/quorum/*/*/config', { cwd: mnesia }).map((each) => join(mnesia, each))) {
    const here = erlangString(dirname(dirname(file)));
    const text = readFileSync(file, 'utf8');
    const moved = text.replaceAll(
      PATH_SETTING,
      (_whole, key: string, arrow: string) => `${key}${arrow}${here}`,
    );
    if (moved === text) continue;
    const draft = `${file}.moved`;
    writeFileSync(draft, moved);
    renameSync(draft, file);
  }
}
