import { type ConfigOf, defineConfig, duration } from '@app/config';
import { z } from 'zod';

export const booksConfig = defineConfig('books', {
  schema: z.object({
    /** How long a book is read from the cache. A change of a book ends it at once. */
    cacheTtl: duration({ min: '1ms', max: '365d' }).prefault('1m'),
    /** How long after that it may still be, while one request reads it anew. */
    cacheStale: duration({ max: '365d' }).prefault('10m'),
    /** Whether a register without books begins with the samples 1 to 3; for development. */
    samples: z.boolean().default(false),
  }),
});

export type BooksConfig = ConfigOf<typeof booksConfig>;
