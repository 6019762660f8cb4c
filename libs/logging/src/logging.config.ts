import { type ConfigOf, defineConfig, duration, size } from '@app/config';
import { z } from 'zod';

/** A file beside standard output, put aside by size and age. */
const rollingFile = z.object({
  /** `{app}` stands for the app's name; two processes must not share a file. */
  path: z.string().min(1),
  size: size().prefault('50MiB'),
  interval: duration({ min: '1s', max: '3650d' }).prefault('1d'),
  /** How many files that were put aside are kept. */
  keep: z.number().int().min(0).default(10),
});

/** What access lines say of the client. */
const clientFields = z.object({
  /** Personal data: its address, behind `http.trust_proxy` the one that the proxy names. */
  address: z.boolean().default(true),
  userAgent: z.boolean().default(true),
});

const accessLog = z.object({
  enabled: z.boolean().default(true),
  /** The share of successful requests whose line is written; others always have theirs. */
  sample: z.number().min(0).max(1).default(1),
  client: clientFields.prefault({}),
});

/** Warnings and errors that repeat, see `RepeatedLines`. */
const repeatedLines = z.object({
  /** How long equal lines are counted together. */
  period: duration({ min: '1s', max: '1d' }).prefault('60s'),
  /** How many equal lines are written in a period; the first one has its stack. */
  limit: z.number().int().min(1).default(5),
});

export const loggingConfig = defineConfig('logging', {
  schema: z.object({
    level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    /** `json` for machines, `pretty` for a person at a terminal. */
    format: z.enum(['json', 'pretty']).default('json'),
    /** What is masked beside secrets: a name (`iban`) at any depth, or a path in pino's notation (`user.*.born`). */
    redact: z
      .array(z.string().regex(/^[\w$.*[\]"'-]+$/, { error: 'a name, or a path in pino’s notation' }))
      .default([]),
    file: rollingFile.optional(),
    /** How much may wait in memory while an output cannot be written; then lines are dropped and counted. */
    buffer: size().prefault('4MiB'),
    accessLog: accessLog.prefault({}),
    repeatedLines: repeatedLines.prefault({}),
  }),
  reloadable: ['level', 'accessLog'],
});

export type LoggingConfig = ConfigOf<typeof loggingConfig>;
