import { type ConfigOf, defineConfig, duration } from '@app/config';
import { z } from 'zod';

export const filesConfig = defineConfig('files', {
  schema: z.object({
    /**
     * The sweep skips younger files: their upload may still be running, and some stores date an object by the start of
     * its upload. Must be longer than `http.request_timeout`.
     */
    sweepGrace: duration({ max: '3650d' }).prefault('24h'),
    /** How many keys the grpc-server checks in one call. */
    sweepBatch: z.number().int().min(1).max(1_000).default(100),
  }),
  reloadable: ['sweepGrace', 'sweepBatch'],
});

export type FilesConfig = ConfigOf<typeof filesConfig>;
