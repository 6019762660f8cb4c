import type { ConfigDefinition } from './config.definition.js';
import type { ConfigFeature } from './config.module.js';
import { type ModuleImport, walkModules } from './walk-modules.js';

/** The sections that the modules of an app declare. */
export async function collectDefinitions(root: ModuleImport): Promise<ConfigDefinition[]> {
  const modules = await walkModules(root);
  return [
    ...new Set(
      modules.flatMap((module) => ('definition' in module ? [(module as ConfigFeature).definition] : [])),
    ),
  ];
}
