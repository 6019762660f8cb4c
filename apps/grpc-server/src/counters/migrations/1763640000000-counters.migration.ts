import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Counters1763640000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE counter (
        resource_id  text   NOT NULL,
        counter_type text   NOT NULL,
        value        bigint NOT NULL,
        PRIMARY KEY (resource_id, counter_type)
      )`);
    await runner.query(`
      CREATE TABLE counter_shard (
        shard    integer PRIMARY KEY,
        epoch    bigint  NOT NULL DEFAULT 0,
        sequence bigint  NOT NULL DEFAULT 0
      )`);
    await runner.query('INSERT INTO counter_shard (shard) SELECT generate_series(0, 15)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE counter_shard');
    await runner.query('DROP TABLE counter');
  }
}
