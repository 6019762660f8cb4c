import { readFile } from 'node:fs/promises';
import type { Branch } from '../config.tree.js';
import { ConfigSource, type SourceContext } from './config-source.js';
import { isFileVariable, pathOf, putVariable, type Variables, withoutFileSuffix } from './variables.js';

/** `APP__SECTION__KEY_FILE` names a file that holds the value, as mounted secrets do. */
export class ValueFileSource extends ConfigSource {
  readonly name: string;

  constructor(private readonly variables: Variables) {
    super();
    this.name = variables.name;
  }

  async load(context: SourceContext): Promise<Branch> {
    const tree: Branch = {};
    for (const [variable, file] of Object.entries(this.variables.values)) {
      const path = pathOf(variable);
      if (!path || !file || !isFileVariable(path, context)) continue;
      const target = withoutFileSuffix(path);
      const origin = `${this.name} ${variable}`;
      try {
        const value = (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
        putVariable(tree, target, { value, origin });
      } catch {
        context.report({ path: target.join('.'), found: file, expected: 'a file that can be read', origin });
      }
    }
    return tree;
  }
}
