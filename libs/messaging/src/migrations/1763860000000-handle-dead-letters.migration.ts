import type { ReviewedMigration } from '@app/postgres';
import type { QueryRunner } from 'typeorm';

/** The status of a letter (`dead`, `redriving`, `redriven` or `discarded`), and the record of who did what to it. */
export class HandleDeadLetters1763860000000 implements ReviewedMigration {
  readonly name = 'HandleDeadLetters1763860000000';
  readonly breaks = {
    'index-not-concurrent':
      'only messages that failed for good are written here; one that dies meanwhile waits in its queue',
  } as const;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE dead_letter
        ADD COLUMN status         text        NOT NULL DEFAULT 'dead',
        ADD COLUMN handled_at     timestamptz,
        ADD COLUMN redriven_at    timestamptz,
        ADD COLUMN redrives       integer     NOT NULL DEFAULT 0,
        ADD COLUMN correlation_id text`);
    await runner.query(`CREATE INDEX dead_letter_dead ON dead_letter (queue, id) WHERE status = 'dead'`);
    await runner.query(
      `CREATE INDEX dead_letter_redriving ON dead_letter (handled_at, id) WHERE status = 'redriving'`,
    );
    await runner.query(
      `CREATE INDEX dead_letter_ended ON dead_letter (handled_at) WHERE status IN ('redriven', 'discarded')`,
    );
    await runner.query('CREATE INDEX dead_letter_redriven ON dead_letter (redriven_at)');
    // No foreign key: the actions are kept for longer than the letter.
    await runner.query(`
      CREATE TABLE dead_letter_action (
        id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        letter_id  uuid        NOT NULL,
        message_id uuid        NOT NULL,
        queue      text        NOT NULL,
        reason     text        NOT NULL,
        action     text        NOT NULL,
        actor      text        NOT NULL,
        note       text        NOT NULL,
        request_id text,
        at         timestamptz NOT NULL DEFAULT clock_timestamp()
      )`);
    await runner.query('CREATE INDEX dead_letter_action_by_letter ON dead_letter_action (letter_id, id)');
    await runner.query('CREATE INDEX dead_letter_action_by_time ON dead_letter_action (at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE dead_letter_action');
    await runner.query(`
      ALTER TABLE dead_letter
        DROP COLUMN status, DROP COLUMN handled_at, DROP COLUMN redriven_at, DROP COLUMN redrives,
        DROP COLUMN correlation_id`);
  }
}
