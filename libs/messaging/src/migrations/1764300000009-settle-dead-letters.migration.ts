import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Records the effect in the letters of these messages, and returns the messages whose letter had recorded it before. A
 * statement in a function has its own snapshot: it finds a letter that was committed while the outer statement waited
 * for another delivery.
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
