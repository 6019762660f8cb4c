import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CounterRanking1763640000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE counter_total (
        counter_type text   NOT NULL,
        resource_id  text   NOT NULL,
        value        bigint NOT NULL,
        PRIMARY KEY (counter_type, resource_id)
      )`);
    await runner.query('CREATE INDEX counter_total_rank ON counter_total (counter_type, value DESC)');
    await runner.query(`
      CREATE TABLE counter_minute (
        minute       timestamptz NOT NULL,
        counter_type text        NOT NULL,
        resource_id  text        NOT NULL,
        value        bigint      NOT NULL,
        PRIMARY KEY (minute, counter_type, resource_id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE counter_minute');
    await runner.query('DROP TABLE counter_total');
  }
}
