import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Creates `settle_dead_letters`. It records in the dead letters of messages that the messages were processed, and
 * returns the messages whose dead letter recorded that before. It is a function because each of its statements has its
 * own snapshot: it finds a dead letter that was committed while the calling statement waited for another delivery.
 */
export class SettleDeadLetters1764300000009 implements MigrationInterface {
  readonly name = 'SettleDeadLetters1764300000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION settle_dead_letters(messages uuid[], of_queue text) RETURNS uuid[] LANGUAGE plpgsql VOLATILE AS $$
      DECLARE
        settled uuid[];
      BEGIN
        IF NOT EXISTS (SELECT FROM dead_letter WHERE message_id = ANY(messages) AND queue = of_queue) THEN
          RETURN NULL;
        END IF;
        SELECT array_agg(message_id) INTO settled FROM dead_letter
        WHERE message_id = ANY(messages) AND queue = of_queue AND done_at IS NOT NULL;
        UPDATE dead_letter SET
          done_at = clock_timestamp(),
          handled_at = CASE WHEN status IN ('dead', 'redriving') THEN clock_timestamp() ELSE handled_at END,
          status = CASE WHEN status IN ('dead', 'redriving') THEN 'resolved' ELSE status END
        WHERE message_id = ANY(messages) AND queue = of_queue AND done_at IS NULL;
        RETURN settled;
      END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION settle_dead_letters(uuid[], text)');
  }
}
