import type { Branch } from '../config.tree.js';
import { ConfigSource, type SourceContext } from './config-source.js';
import { isFileVariable, pathOf, putVariable, type Variables } from './variables.js';

/** `APP__SECTION__KEY`, two underscores for each level. */
export class EnvironmentSource extends ConfigSource {
  readonly name: string;

  constructor(private readonly variables: Variables) {
    super();
    this.name = variables.name;
  }

  /** @throws ConfigUnreadableError when the variables cannot be read */
  async load(context: SourceContext): Promise<Branch> {
    if (this.variables.unreadable) throw this.variables.unreadable;
    const tree: Branch = {};
    for (const [variable, value] of Object.entries(this.variables.values)) {
      const path = pathOf(variable);
      if (!path || isFileVariable(path, context)) continue;
      putVariable(tree, path, { value, origin: `${this.name} ${variable}` });
    }
    return tree;
  }
}
