import { type Migration, MigrationExecutor } from 'typeorm';

/** TypeORM's record of executed migrations (table `migrations`). Its own tools can read it too. */
export class MigrationLedger extends MigrationExecutor {
  /** Creates the table when it is missing. */
  async prepare(): Promise<void> {
    await this.withQueryRunner((runner) => this.createMigrationsTableIfNotExist(runner));
  }

  /** Migrations that have not run in `schema`, by timestamp; all of them when the table does not exist. Only reads. */
  async pending(schema: string): Promise<Migration[]> {
    return this.withQueryRunner(async (runner) => {
      const sql = "SELECT to_regclass(format('%I.migrations', $1::text)) IS NOT NULL AS stands";
      const [table] = (await runner.query(sql, [schema])) as { stands: boolean }[];
      return table?.stands ? this.getPendingMigrations() : this.known();
    });
  }

  /** Every migration of this build, by timestamp. */
  known(): Migration[] {
    return this.getMigrations();
  }
}
