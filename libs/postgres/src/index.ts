export { type CollectedFeatures, collectFeatures } from './collect-features.js';
export type { Entity, Migration } from './data-source.js';
export { Migrator } from './migrator.js';
export { type PostgresConfig, postgresConfig } from './postgres.config.js';
export {
  CommitUnknownError,
  MigrationFailedError,
  PostgresError,
  PostgresUnavailableError,
  TransactionUndoneError,
} from './postgres.errors.js';
export { type PostgresFeature, type PostgresFeatureOptions, PostgresModule } from './postgres.module.js';
export { type IsolationLevel, TransactionHost, type TransactionOptions } from './transaction.host.js';
export { Transactional } from './transactional.decorator.js';
