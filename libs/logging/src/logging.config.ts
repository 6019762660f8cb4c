import { type ConfigOf, defineConfig, duration, size } from '@app/config';
import { z } from 'zod';

/** A file in addition to standard output, rotated by size and age. */
const rollingFile = z.object({
  /** `{app}` is replaced by the app's name; two processes must not share a file. */
  path: z.string().min(1),
  size: size().prefault('50MiB'),
  interval: duration({ min: '1s', max: '3650d' }).prefault('1d'),
  /** Number of rotated files to keep. */
  keep: z.number().int().min(0).default(10),
});

/** Fields of the client in access lines. */
const clientFields = z.object({
  /** The client's address (personal data); behind `http.trust_proxy` the one that the proxy reports. */
  address: z.boolean().default(true),
  userAgent: z.boolean().default(true),
});

const accessLog = z.object({
  enabled: z.boolean().default(true),
  /** The share of successful requests that are logged; failed ones are always logged. */
  sample: z.number().min(0).max(1).default(1),
  client: clientFields.prefault({}),
});

/** Limits of repeated warnings and errors, see `RepeatedLines`. */
const repeatedLines = z.object({
  /** How long equal lines are counted together. */
  period: duration({ min: '1s', max: '1d' }).prefault('60s'),
  /** Number of equal lines written in a period; the first one has its stack. */
  limit: z.number().int().min(1).default(5),
});

export const loggingConfig = defineConfig('logging', {
  schema: z.object({
    level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    /** `json` for machines, `pretty` for reading in a terminal. */
    format: z.enum(['json', 'pretty']).default('json'),
    /** Additional fields to mask: a name (`iban`) at any depth, or a path in pino's notation (`user.*.born`). */
    redact: z
      .array(z.string().regex(/^[\w$.*[\]"'-]+$/, { error: 'a name, or a path in pino’s notation' }))
      .default([]),
    file: rollingFile.optional(),
    /** Size of the buffer for an output that cannot be written; when it is full, lines are dropped and counted. */
    buffer: size().prefault('4MiB'),
    accessLog: accessLog.prefault({}),
    repeatedLines: repeatedLines.prefault({}),
  }),
  reloadable: ['level', 'accessLog'],
});

export type LoggingConfig = ConfigOf<typeof loggingConfig>;
