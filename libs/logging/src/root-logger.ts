import { AppError } from '@app/errors';
import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
import { contextFields } from './context.fields.js';
import type { LoggingConfig } from './logging.config.js';

/** How long a line may wait in memory for others, so that many are written at once; milliseconds. */
const FLUSH_INTERVAL = 200;
const BUFFER_BYTES = 8 * 1024;

/** The logger of a process and the way to empty its buffer. */
export interface RootLogger {
  readonly pino: Logger;
  /** Writes what is buffered, at once: before the process ends. */
  flush(): void;
}

/** Makes the one pino logger of an app. Lines are buffered and written in batches when the format is `json`. */
export async function createRootLogger(app: string, config: LoggingConfig): Promise<RootLogger> {
  const { stream, flush } = config.format === 'pretty' ? await prettyStream() : bufferedStream();
  const logger = pino(
    {
      level: config.level,
      base: { app, pid: process.pid },
      mixin: contextFields,
      redact: { paths: config.redact, censor: '********' },
      serializers: { err: errorFields },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    stream,
  );
  return { pino: logger, flush };
}

function bufferedStream(): { stream: DestinationStream; flush: () => void } {
  const stream = pino.destination({
    dest: 1,
    sync: false,
    minLength: BUFFER_BYTES,
    periodicFlush: FLUSH_INTERVAL,
  });
  // A closed pipe or a full disk must not end the process: the line is lost, the work is not.
  stream.on('error', () => undefined);
  const flush = () => {
    try {
      stream.flushSync();
    } catch {
      // Not ready yet or already gone: nothing is left that could be written.
    }
  };
  return { stream, flush };
}

async function prettyStream(): Promise<{ stream: DestinationStream; flush: () => void }> {
  const { default: pretty } = await import('pino-pretty');
  const ignore = 'pid,app,hostname,context';
  const stream = pretty({
    sync: true,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore,
    messageFormat: '{context} {msg}',
  });
  return { stream, flush: () => undefined };
}

/** What the log tells of an error: with its causes and stack; an `AppError` with its reason and details too. */
function errorFields(error: Error): Record<string, unknown> {
  const fields = stdSerializers.errWithCause(error);
  return error instanceof AppError
    ? { ...fields, reason: error.reason, status: error.status.http }
    : { ...fields };
}
