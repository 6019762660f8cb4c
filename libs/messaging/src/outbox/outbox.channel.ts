/** On which writers tell the relay that their schema's outbox has something; the payload is the schema. */
export const OUTBOX_CHANNEL = 'outbox';
