import type { DynamicModule, ForwardReference, Type } from '@nestjs/common';
import type { ConfigDefinition } from './config.definition.js';
import type { ConfigFeature } from './config.module.js';

type ModuleImport = Type | DynamicModule | Promise<DynamicModule> | ForwardReference;

/** The sections that the modules of an app ask for, found by walking its imports, before anything is created. */
export async function collectDefinitions(root: ModuleImport): Promise<ConfigDefinition[]> {
  const definitions = new Set<ConfigDefinition>();
  const seen = new Set<unknown>();
  const visit = async (imported: ModuleImport): Promise<void> => {
    const module = await imported;
    if (module === undefined || seen.has(module)) return;
    seen.add(module);
    if ('forwardRef' in module) return visit((module as ForwardReference).forwardRef() as ModuleImport);
    if ('definition' in module) definitions.add((module as ConfigFeature).definition);
    const dynamic = 'module' in module ? module : undefined;
    const type = dynamic ? dynamic.module : module;
    const imports = (Reflect.getMetadata('imports', type) as ModuleImport[] | undefined) ?? [];
    for (const next of [...imports, ...((dynamic?.imports as ModuleImport[] | undefined) ?? [])])
      await visit(next);
  };
  await visit(root);
  return [...definitions];
}
