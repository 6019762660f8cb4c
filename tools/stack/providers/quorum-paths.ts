import { globSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A path as Erlang prints it: a string, or a list of code points if the path is not Latin-1 text. */
const absolutePath = /\b(data_dir|wal_data_dir)(\s*=>\s*)("(?:[^"\\]|\\.)*"|\[[\d,\s]*\])/gs;

/** A path as an Erlang string of ASCII characters only, which is the same in every encoding. */
function erlangString(path: string): string {
  const ascii = path.replaceAll(
    /[^ !#-[\]-~]/gu,
    (character) => `\\x{${character.codePointAt(0)?.toString(16) ?? ''}}`,
  );
  return `"${ascii}"`;
}

/**
 * Corrects the paths of quorum queues in a moved or copied data folder. Each queue stores the absolute path of the
 * folder in which it was declared (ra's `config`, an Erlang term in a text file), two levels above that file. A write
 * to the old path would fail, or change the original's data.
 */
export function followMove(mnesia: string): void {
  for (const file of globSync('*/quorum/*/*/config', { cwd: mnesia }).map((each) => join(mnesia, each))) {
    const here = erlangString(dirname(dirname(file)));
    const text = readFileSync(file, 'utf8');
    const moved = text.replaceAll(
      absolutePath,
      (_whole, key: string, arrow: string) => `${key}${arrow}${here}`,
    );
    if (moved === text) continue;
    const draft = `${file}.moved`;
    writeFileSync(draft, moved);
    renameSync(draft, file);
  }
}
