import { type ConfigOf, defineConfig } from '@app/config';
import { z } from 'zod';

export const loggingConfig = defineConfig('logging', {
  schema: z.object({
    level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    /** `json` for machines, `pretty` for a person at a terminal. */
    format: z.enum(['json', 'pretty']).default('json'),
    /** Paths whose values are replaced, in pino's notation; secrets of the configuration mask themselves. */
    redact: z
      .array(z.string())
      .default([
        '*.password',
        '*.token',
        '*.authorization',
        '*.cookie',
        'headers.authorization',
        'headers.cookie',
      ]),
  }),
  reloadable: ['level'],
});

export type LoggingConfig = ConfigOf<typeof loggingConfig>;
