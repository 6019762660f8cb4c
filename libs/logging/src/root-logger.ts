import { RequestContext } from '@app/context';
import { MASK } from '@app/errors';
import { type DestinationStream, type Logger, pino } from 'pino';
import { contextFields } from './context.fields.js';
import { isoTime } from './iso-time.js';
import type { LoggingConfig } from './logging.config.js';
import { openOutputs } from './output/outputs.js';
import { PlainLines } from './plain-lines.js';
import { isName, Redactor } from './redactor.js';
import { RepeatedLines } from './repeated.lines.js';

/** Injects the pino logger itself, for code that writes thousands of lines; other code uses Nest's `Logger`. */
export const ROOT_LOGGER = Symbol('root logger');

/** The logger of a process, and its outputs. */
export interface RootLogger {
  readonly pino: Logger;
  /** Writer of the access log: same outputs, without a check of the level. */
  readonly access: PlainLines;
  /** Number of lines lost so far because an output could not be written. */
  readonly dropped: number;
  /** Resolves when no write is running, so that `flush` keeps the order; for a process that has time before it ends. */
  settled(): Promise<void>;
  /** Writes buffered lines synchronously, before the process ends. @returns the number of lines not written */
  flush(): number;
}

/** Creates the pino logger of an app. Lines are buffered and written in batches. */
export async function createRootLogger(app: string, config: LoggingConfig): Promise<RootLogger> {
  // A failed output does not belong to the request whose line detected it.
  const warn = (fields: object, message: string) => RequestContext.detach(() => logger.warn(fields, message));
  const outputs = await openOutputs(app, config, {
    troubled: (output, code) =>
      warn({ output, code }, `${output} cannot be written (${code}): lines wait, then they are dropped`),
    recovered: (output, dropped, milliseconds) =>
      warn(
        { output, dropped, duration_ms: milliseconds },
        `${output} is written again, ${dropped} lines were dropped`,
      ),
  });
  const repeated = new RepeatedLines(config.repeatedLines);
  const logger = loggerOn(outputs, app, config, repeated);
  return {
    pino: logger,
    access: new PlainLines(outputs, {
      bindings: bindingsOf(app),
      level: 'info',
      message: 'request',
      redact: config.redact,
    }),
    get dropped() {
      return outputs.dropped;
    },
    settled: () => outputs.settled(),
    flush: () => {
      repeated.flush();
      return outputs.flushSync();
    },
  };
}

function loggerOn(
  stream: DestinationStream,
  app: string,
  { level, redact }: LoggingConfig,
  repeated: RepeatedLines,
): Logger {
  const redactor = new Redactor(redact.filter(isName));
  return pino(
    {
      level,
      base: bindingsOf(app),
      mixin: contextFields,
      redact: { paths: redact.filter((path) => !isName(path)), censor: MASK },
      serializers: { err: (error: unknown) => error },
      formatters: { level: (label) => ({ level: label }), log: redactor.fields },
      hooks: {
        streamWrite: redactor.line,
        logMethod(args, method, value) {
          repeated.pass(this, args, method, value);
        },
      },
      timestamp: isoTime(),
    },
    stream,
  );
}

/** The first fields of every line; the version is that of the image. */
function bindingsOf(app: string): Record<string, string | number> {
  const version = process.env['APP_VERSION'];
  return { app, ...(version !== undefined && { version }), pid: process.pid };
}
