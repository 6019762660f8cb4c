import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  LineCounter,
  type Node as YamlNode,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import { ConfigUnreadableError } from '../config.errors.js';
import { type Branch, Entry, type Node } from '../config.tree.js';
import { ConfigSource, type SourceContext } from './config-source.js';
import { readText } from './text-file.js';

/** A YAML file; every value has its line as origin. A missing file counts as empty. */
export class YamlFileSource extends ConfigSource {
  constructor(
    private readonly path: string,
    readonly name: string,
  ) {
    super();
  }

  /** @throws ConfigUnreadableError when the file cannot be read, or is not YAML */
  async load(context: SourceContext): Promise<Branch> {
    const text = await this.read();
    if (text === undefined) return {};
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
    for (const error of document.errors) {
      const origin = `${this.name}:${lines.linePos(error.pos[0]).line}`;
      // Further lines of the message quote the file, which may hold a secret.
      const expected = `YAML that can be parsed: ${error.message.split('\n')[0]}`;
      if (error.code !== 'DUPLICATE_KEY') throw ConfigUnreadableError.of(this.name, { expected, origin });
      context.report({ path: this.name, found: 'not valid', expected, origin });
    }
    return new Reading(document, lines, this.name).tree();
  }

  private async read(): Promise<string | undefined> {
    const reading = await readText(this.path);
    if ('text' in reading) return reading.text;
    if (reading.missing) return undefined;
    throw ConfigUnreadableError.of(this.name, { expected: reading.expected });
  }
}

/** A document as a tree. */
class Reading {
  constructor(
    private readonly document: Document.Parsed,
    private readonly lines: LineCounter,
    private readonly name: string,
  ) {}

  tree(): Branch {
    const { contents } = this.document;
    if (isMap(contents)) return this.branchOf(contents);
    if (contents === null || (isScalar(contents) && contents.value === null)) return {};
    const expected = 'sections, such as logging: { level: info }';
    throw ConfigUnreadableError.of(this.name, { expected });
  }

  private branchOf(map: YAMLMap): Branch {
    const branch: Branch = {};
    for (const { key, value } of map.items) {
      branch[String(isScalar(key) ? key.value : key)] = this.nodeOf(value as YamlNode | null);
    }
    return branch;
  }

  private nodeOf(value: YamlNode | null): Node {
    if (isAlias(value)) return this.nodeOf(value.resolve(this.document) ?? null);
    if (isMap(value)) return this.branchOf(value);
    const line = value?.range ? `:${this.lines.linePos(value.range[0]).line}` : '';
    return new Entry(value?.toJS(this.document) ?? null, `${this.name}${line}`);
  }
}
