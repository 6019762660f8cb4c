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

/** Injects the pino logger itself, for what writes lines by the thousand; others use Nest's `Logger`. */
export const ROOT_LOGGER = Symbol('root logger');

/** The logger of a process, and what stands behind it. */
export interface RootLogger {
  readonly pino: Logger;
  /** For the access log: to the same outputs, whatever the level is. */
  readonly access: PlainLines;
  /** Lines that were lost so far because an output could not be written. */
  readonly dropped: number;
  /** Resolves when `flush` would write behind what is being written: before a process ends that has the time. */
  settled(): Promise<void>;
  /** Writes what is buffered, at once: before the process ends. @returns how many lines could not be written */
  flush(): number;
}

/** Makes the one pino logger of an app. Lines are buffered, and written in batches. */
export async function createRootLogger(app: string, config: LoggingConfig): Promise<RootLogger> {
  // An output is nobody's request: the line that found it broken happened to belong to one.
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

/** What every line begins with; the version is that of the image. */
function bindingsOf(app: string): Record<string, string | number> {
  const version = process.env['APP_VERSION'];
  return { app, ...(version !== undefined && { version }), pid: process.pid };
}
