import type { Branch } from '../config.tree.js';
import { ConfigSource, type SourceContext } from './config-source.js';
import { readText } from './text-file.js';
import { isFileVariable, pathOf, putVariable, type Variables, withoutFileSuffix } from './variables.js';

/** `APP__SECTION__KEY_FILE` names a file with the value, such as a mounted secret; one final line end is removed. */
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
      const reading = await readText(file);
      const value = 'text' in reading ? reading.text.replace(/\r?\n$/, '') : '';
      const expected = 'text' in reading ? 'a file that holds the value: it is empty' : reading.expected;
      if (value === '') context.report({ path: target.join('.'), found: file, expected, origin });
      else putVariable(tree, target, { value, origin });
    }
    return tree;
  }
}
