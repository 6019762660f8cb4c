import { type ConfigOf, defineConfig, duration } from '@app/config';
import { z } from 'zod';

export const filesConfig = defineConfig('files', {
  schema: z.object({
    /**
     * What is younger is left alone by the sweep: an upload may still be on its way, and some stores date an object by
     * when its upload began. Longer than `http.request_timeout`.
     */
    sweepGrace: duration({ max: '3650d' }).prefault('24h'),
    /** How many keys the grpc-server looks at in one call. */
    sweepBatch: z.number().int().min(1).max(1_000).default(100),
  }),
  reloadable: ['sweepGrace', 'sweepBatch'],
});

export type FilesConfig = ConfigOf<typeof filesConfig>;
