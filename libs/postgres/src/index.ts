export { type CollectedFeatures, collectFeatures } from './collect-features.js';
export {
  DataConflictError,
  DataError,
  DataRefusedError,
  isForeignKeyViolation,
  isUniqueViolation,
} from './data.errors.js';
export type { Entity, EntityClass, Migration } from './data-source.js';
export type { SqlRow } from './entities-of.js';
export { lintMigration, type MigrationFinding } from './migrations/migration.lint.js';
export type { MigrationRuleName } from './migrations/migration.rules.js';
export { type MigrationScript, type ReviewedMigration, scriptOf } from './migrations/migration.script.js';
export { Migrator, type PlannedMigration } from './migrations/migrator.js';
export { type ListenOptions, Notifications, type Subscription } from './notifications/notifications.js';
export { type CursorCodec, keyAsCursor, numberCursor, uuidCursor } from './pages/cursor.codec.js';
export { type KeysetList, keysetPage, type Page, type PageRequest } from './pages/keyset-page.js';
export { type PostgresConfig, postgresConfig } from './postgres.config.js';
export {
  CommitUnknownError,
  MigrationFailedError,
  MigrationUnreadableError,
  PoolExhaustedError,
  PostgresError,
  PostgresUnavailableError,
  SearchPathError,
  TransactionConflictError,
  TransactionFailedError,
  TransactionUndoneError,
} from './postgres.errors.js';
export { type PostgresFeature, type PostgresFeatureOptions, PostgresModule } from './postgres.module.js';
export { returnedRow } from './returned-row.js';
export { safeInteger } from './safe-integer.js';
export {
  type IsolationLevel,
  type Propagation,
  TransactionHost,
  type TransactionOptions,
} from './transaction.host.js';
export { Transactional } from './transactional.decorator.js';
export { translateError } from './translate-error.js';
