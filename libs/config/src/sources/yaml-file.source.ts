import { readFile } from 'node:fs/promises';
import { isMap, isScalar, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import { ConfigInvalidError } from '../config.errors.js';
import { type Branch, Entry, type Node } from '../config.tree.js';
import { ConfigSource } from './config-source.js';

/** A YAML file; every value remembers its line. An absent file is empty. */
export class YamlFileSource extends ConfigSource {
  constructor(
    private readonly path: string,
    readonly name: string,
  ) {
    super();
  }

  async load(): Promise<Branch> {
    const text = await readIfPresent(this.path);
    if (text === undefined) return {};
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
    const [error] = document.errors;
    if (error) {
      const expected = `YAML that can be parsed: ${error.message.split('\n')[0]}`;
      throw ConfigInvalidError.of([{ path: this.name, found: 'not readable', expected, origin: this.name }]);
    }
    return isMap(document.contents) ? this.branchOf(document.contents, lines) : {};
  }

  private branchOf(map: YAMLMap, lines: LineCounter): Branch {
    const branch: Branch = {};
    for (const { key, value } of map.items) {
      branch[String(isScalar(key) ? key.value : key)] = this.nodeOf(value, lines);
    }
    return branch;
  }

  private nodeOf(value: unknown, lines: LineCounter): Node {
    if (isMap(value)) return this.branchOf(value, lines);
    const node = value as { toJSON?(): unknown; range?: [number, number, number] | null } | null;
    const line = node?.range ? lines.linePos(node.range[0]).line : undefined;
    return new Entry(node?.toJSON?.() ?? null, line === undefined ? this.name : `${this.name}:${line}`);
  }
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
