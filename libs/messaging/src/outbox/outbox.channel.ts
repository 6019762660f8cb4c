/** The PostgreSQL channel on which writers notify the relay of new rows. The payload is the schema of the outbox. */
export const OUTBOX_CHANNEL = 'outbox';
