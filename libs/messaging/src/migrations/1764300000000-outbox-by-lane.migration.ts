import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The relay finds each partition and its oldest events without reading other rows; the expression is `PARTITION`. */
export class OutboxByLane1764300000000 implements MigrationInterface {
  readonly name = 'OutboxByLane1764300000000';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX CONCURRENTLY IF NOT EXISTS outbox_by_lane
      ON outbox (hashtextextended(queue || ' ' || aggregate_key, 0), id)
      WHERE due_at IS NULL AND aggregate_key IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS outbox_by_lane');
  }
}
