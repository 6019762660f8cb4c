import { type ModuleImport, walkModules } from '@app/config';
import type { Entity, Migration } from './data-source.js';
import type { PostgresFeature } from './postgres.module.js';

/** The entities and migrations of an app. */
export interface CollectedFeatures {
  entities: readonly Entity[];
  migrations: readonly Migration[];
}

/** Collects what the modules of an app passed to `PostgresModule.forFeature`, without creating any of them. */
export async function collectFeatures(root: ModuleImport): Promise<CollectedFeatures> {
  const modules = await walkModules(root);
  const features = modules.flatMap((module) =>
    'postgresFeature' in module ? [(module as PostgresFeature).postgresFeature] : [],
  );
  return {
    entities: [...new Set(features.flatMap(({ entities }) => entities))],
    migrations: [...new Set(features.flatMap(({ migrations }) => migrations))],
  };
}
