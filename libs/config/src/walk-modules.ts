import type { DynamicModule, ForwardReference, Type } from '@nestjs/common';
import { MODULE_METADATA } from '@nestjs/common/constants.js';

/** An element of a module's `imports`. */
export type ModuleImport = Type | DynamicModule | Promise<DynamicModule> | ForwardReference;

/**
 * Every module that an app imports, each once, found before any instance is created. Libs read the additional
 * properties of dynamic modules to find what an app declares.
 */
export async function walkModules(root: ModuleImport): Promise<(Type | DynamicModule)[]> {
  const found = new Set<Type | DynamicModule>();
  const visit = async (imported: ModuleImport): Promise<void> => {
    const awaited = await imported;
    if (awaited === undefined) return;
    const module = 'forwardRef' in awaited ? (awaited.forwardRef() as Type | DynamicModule) : awaited;
    if (found.has(module)) return;
    found.add(module);
    for (const next of importsOf(module)) await visit(next);
  };
  await visit(root);
  return [...found];
}

function importsOf(module: Type | DynamicModule): ModuleImport[] {
  const dynamic = 'module' in module ? module : undefined;
  const declared = Reflect.getMetadata(MODULE_METADATA.IMPORTS, dynamic?.module ?? module) as
    ModuleImport[] | undefined;
  return [...(declared ?? []), ...((dynamic?.imports as ModuleImport[] | undefined) ?? [])];
}
