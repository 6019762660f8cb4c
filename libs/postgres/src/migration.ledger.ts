import { type Migration, MigrationExecutor } from 'typeorm';

/** TypeORM's record of what was run (table `migrations`), readable by its own tools too. */
export class MigrationLedger extends MigrationExecutor {
  /** Creates the table when it is missing. */
  async prepare(): Promise<void> {
    await this.withQueryRunner((runner) => this.createMigrationsTableIfNotExist(runner));
  }

  /** Every migration of this build, by timestamp. */
  known(): Migration[] {
    return this.getMigrations();
  }
}
