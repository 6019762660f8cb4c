import { type ConfigHandle, InjectConfig } from '@app/config';
import { RequestContext } from '@app/context';
import type { AppError, ErrorLogLevel } from '@app/errors';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger as PinoLogger } from 'pino';
import { boundedText } from './bounded-text.js';
import { type LoggingConfig, loggingConfig } from './logging.config.js';
import { type PlainFields, PlainLines } from './plain-lines.js';
import { ROOT_LOGGER } from './root-logger.js';

export type AccessLevel = 'info' | 'warn' | 'error';

/** Who sent a request. */
export interface AccessClient {
  /** Of the client, or of the last proxy that is not trusted. */
  address?: string | undefined;
  /** As the client sent it; the line has a bounded and escaped form. */
  userAgent?: string | undefined;
}

/** How a request ended. */
export interface AccessOutcome {
  succeeded: boolean;
  /** @default 'info' */
  level?: AccessLevel;
  client?: AccessClient;
}

/**
 * One line for each request that has ended. Of those that succeeded a sample may be enough: it is chosen by the
 * trace, so that an app writes all lines of a trace or none. Whatever failed has its line.
 */
@Injectable()
export class AccessLog {
  constructor(
    private readonly lines: PlainLines,
    @Inject(ROOT_LOGGER) private readonly root: PinoLogger,
    @InjectConfig(loggingConfig) private readonly config: ConfigHandle<LoggingConfig>,
  ) {}

  write(fields: PlainFields, { succeeded, level = 'info', client }: AccessOutcome): void {
    const { enabled, sample } = this.config.current.accessLog;
    if (!enabled || !this.root.isLevelEnabled(level) || (succeeded && sample < 1 && !isSampled(sample)))
      return;
    this.lines.write(client ? { ...fields, ...this.fieldsOf(client) } : fields, level);
  }

  private fieldsOf({ address, userAgent }: AccessClient): PlainFields {
    const shown = this.config.current.accessLog.client;
    return {
      ...(shown.address && { client_address: address }),
      ...(shown.userAgent && userAgent !== undefined && { user_agent: boundedText(userAgent) }),
    };
  }
}

const SERVER_ERROR = 500;
const ON_PURPOSE: ReadonlySet<ErrorLogLevel> = new Set(['silent', 'debug', 'info']);

/**
 * How loud the line of a request is: `error` for a failure of ours (5xx). A refusal that we make on purpose, such as
 * that of a limiter, of an open circuit or of a shutdown, is quieter than a warning where it arises: its line is a
 * `warn`.
 */
export function accessLevelOf(status: number, error: AppError | undefined): AccessLevel {
  if (status < SERVER_ERROR) return 'info';
  return error && ON_PURPOSE.has(error.logLevel) ? 'warn' : 'error';
}

const HEX_DIGITS = 8;
const SPACE = 16 ** HEX_DIGITS;

/** The last digits of a trace id are random also where the first ones are a time. */
function isSampled(share: number): boolean {
  const traceId = RequestContext.current()?.trace.traceId;
  const draw =
    traceId === undefined ? Math.random() : Number.parseInt(traceId.slice(-HEX_DIGITS), 16) / SPACE;
  return draw < share;
}
