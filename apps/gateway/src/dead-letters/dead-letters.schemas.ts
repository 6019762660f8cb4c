import { HandleDeadLetterRequestRules, ListDeadLettersRequestRules } from '@app/contracts';
import { boundedText } from '@app/http';
import { z } from 'zod';

const { minimum, maximum } = ListDeadLettersRequestRules.limit;
const MAX_BULK = 100_000;
const MAX_IDS = 1_000;

const id = z.guid({ error: 'must be a UUID' }).toLowerCase();
const since = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-03-01T00:00:00Z' });
const note = boundedText(HandleDeadLetterRequestRules.note, 'must be text that can be stored').default('');

const filter = {
  reason: z.string().min(1).max(128).optional(),
  type: z.string().min(1).max(255).optional(),
  since: since.transform((text) => new Date(text)).optional(),
};

const queue = z.string().min(1).max(128);
const limit = z.coerce.number().int().min(minimum).max(maximum).default(20);
const status = z.enum(['dead', 'redriving', 'redriven', 'discarded', 'resolved', 'all']).default('dead');

export const letterId = z.strictObject({ id });

export const lettersQuery = z.strictObject({
  ...filter,
  queue: queue.optional(),
  status,
  limit,
  cursor: id.optional(),
});

export const actionsQuery = z.strictObject({
  letter_id: id.optional(),
  actor: z.string().min(1).max(128).optional(),
  limit,
  cursor: z.coerce.number().int().min(1).optional(),
});

/** A missing body counts as an empty one. */
export const handleOne = z
  .strictObject({ note })
  .nullish()
  .transform((body) => body ?? { note: '' });

export const handleMany = z
  .strictObject({
    ...filter,
    queue: queue.optional(),
    ids: z.array(id).min(1).max(MAX_IDS).optional(),
    limit: z.int().min(1).max(MAX_BULK).default(1_000),
    note,
  })
  .refine((body) => body.queue !== undefined || body.ids !== undefined, {
    error: 'is required where no ids are given',
    path: ['queue'],
  });

export type LetterId = z.output<typeof letterId>;
export type LettersQuery = z.output<typeof lettersQuery>;
export type ActionsQuery = z.output<typeof actionsQuery>;
export type HandleOneBody = z.output<typeof handleOne>;
export type HandleManyBody = z.output<typeof handleMany>;
