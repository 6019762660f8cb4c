import { type DestinationStream, pino } from 'pino';
import type { LoggingConfig } from '../logging.config.js';
import { LineQueue, type OutputObserver } from './line-queue.js';
import { RollingFile } from './rolling-file.js';
import { standardOutput } from './standard-output.js';

const ERROR = pino.levels.values['error'] ?? Infinity;

/** Standard output and, if configured, the log file. Each has its own buffer and drops its own lines. */
export class Outputs implements DestinationStream {
  /** Requests that pino sets `lastLevel` for each line. */
  readonly [pino.symbols.needsMetadataGsym] = true;
  lastLevel = 0;

  constructor(
    private readonly stdout: LineQueue,
    private readonly file: LineQueue | undefined,
    private readonly format: (line: string) => string,
  ) {}

  /** Number of lines that were dropped, summed over the outputs. */
  get dropped(): number {
    return this.stdout.dropped + (this.file?.dropped ?? 0);
  }

  write(line: string): void {
    const urgent = this.lastLevel >= ERROR;
    this.stdout.write(this.format(line), urgent);
    this.file?.write(line, urgent);
  }

  /** Resolves when no write is running, so that lines flushed afterwards are in order. */
  async settled(): Promise<void> {
    await Promise.all([this.stdout.settled(), this.file?.settled()]);
  }

  /** Pino also calls it, after each line of level `fatal`. @returns the number of lines that were not written */
  flushSync(): number {
    return this.stdout.flushSync() + (this.file?.flushSync() ?? 0);
  }
}

export async function openOutputs(
  app: string,
  { format, file, buffer: limit }: LoggingConfig,
  observer: OutputObserver,
): Promise<Outputs> {
  const queue = { limit, observer };
  const rolling = file && new RollingFile({ ...file, path: file.path.replaceAll('{app}', app) });
  return new Outputs(
    new LineQueue(standardOutput(), queue),
    rolling && new LineQueue(rolling, queue),
    format === 'pretty' ? await prettyFormat() : (line) => line,
  );
}

async function prettyFormat(): Promise<(line: string) => string> {
  const { prettyFactory } = await import('pino-pretty');
  return prettyFactory({
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,app,hostname,context',
    messageFormat: '{context} {msg}',
    customPrettifiers: { err: prettyError },
  });
}

/** The stack, which begins with the root cause, followed by the other fields of the error. */
function prettyError(err: unknown): string {
  const { stack, ...fields } = Object(err) as { stack?: string };
  return [...(stack === undefined ? [] : ['', stack]), JSON.stringify(fields)].join('\n');
}
