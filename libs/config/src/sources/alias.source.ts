import type { Branch } from '../config.tree.js';
import { ConfigSource, type SourceContext } from './config-source.js';
import { putVariable, type Variables } from './variables.js';

/** Conventional variables (`DATABASE_URL`), mapped to keys of the sections that the app has. */
export class AliasSource extends ConfigSource {
  readonly name: string;

  constructor(
    private readonly variables: Variables,
    private readonly aliases: Readonly<Record<string, string>>,
  ) {
    super();
    this.name = variables.name;
  }

  async load(context: SourceContext): Promise<Branch> {
    const tree: Branch = {};
    for (const [alias, target] of Object.entries(this.aliases)) {
      const path = target.split('.');
      const value = this.variables.values[alias];
      if (context.isKnownPath(path)) putVariable(tree, path, { value, origin: `${this.name} ${alias}` });
    }
    return tree;
  }
}
