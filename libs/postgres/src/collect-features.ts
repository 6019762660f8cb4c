import type { DynamicModule, ForwardReference, Type } from '@nestjs/common';
import type { Entity, Migration } from './data-source.js';
import type { PostgresFeature } from './postgres.module.js';

type ModuleImport = Type | DynamicModule | Promise<DynamicModule> | ForwardReference;

/** Everything that an app brings to the database. */
export interface CollectedFeatures {
  entities: readonly Entity[];
  migrations: readonly Migration[];
}

/** What the modules of an app gave to `PostgresModule.forFeature`, found without creating anything. */
export async function collectFeatures(root: ModuleImport): Promise<CollectedFeatures> {
  const entities = new Set<Entity>();
  const migrations = new Set<Migration>();
  const seen = new Set<unknown>();
  const visit = async (imported: ModuleImport): Promise<void> => {
    const module = await imported;
    if (module === undefined || seen.has(module)) return;
    seen.add(module);
    if ('forwardRef' in module) return visit((module as ForwardReference).forwardRef() as ModuleImport);
    if ('postgresFeature' in module) {
      const { postgresFeature } = module as PostgresFeature;
      for (const entity of postgresFeature.entities) entities.add(entity);
      for (const migration of postgresFeature.migrations) migrations.add(migration);
    }
    const dynamic = 'module' in module ? module : undefined;
    const type = dynamic ? dynamic.module : module;
    const imports = (Reflect.getMetadata('imports', type) as ModuleImport[] | undefined) ?? [];
    for (const next of [...imports, ...((dynamic?.imports as ModuleImport[] | undefined) ?? [])])
      await visit(next);
  };
  await visit(root);
  return { entities: [...entities], migrations: [...migrations] };
}
