import { type ConfigOf, defineConfig, duration } from '@app/config';
import { z } from 'zod';

export const booksConfig = defineConfig('books', {
  schema: z.object({
    /** How long a book is fresh in the cache. A change of the book removes it at once. */
    cacheTtl: duration({ min: '1ms', max: '365d' }).prefault('1m'),
    /** How long a stale book may still be returned after that, while one request reloads it. */
    cacheStale: duration({ max: '365d' }).prefault('10m'),
    /** Whether an empty database starts with the sample books 1 to 3; for development. */
    samples: z.boolean().default(false),
  }),
});

export type BooksConfig = ConfigOf<typeof booksConfig>;
