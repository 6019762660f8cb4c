import { z } from 'zod';

const MAX_DELAY_MS = 30 * 24 * 60 * 60 * 1000;

export const submit = z.strictObject({
  queue: z.string().min(1).max(128),
  /** Any JSON value, passed by reference. `@ExactJson` has checked that parsing changed nothing. */
  message: z.unknown().refine((value) => value !== undefined, { error: 'is required' }),
  delay_ms: z.int().min(0).max(MAX_DELAY_MS).default(0),
});

export const messageId = z.strictObject({ id: z.guid({ error: 'must be a UUID' }) });

export type SubmitBody = z.output<typeof submit>;
export type MessageParams = z.output<typeof messageId>;
