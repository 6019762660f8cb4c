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

/** The client of a request. */
export interface AccessClient {
  /** Address of the client, or of the last untrusted proxy. */
  address?: string | undefined;
  /** As the client sent it; the log line has a truncated and escaped form. */
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
 * Logs one line for each finished request. Successful requests can be sampled. The sample is chosen by trace, so that
 * an app writes all lines of a trace or none. Failed requests are always logged.
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
 * The level of a request's line: `error` for a server error (5xx), `warn` for a deliberate rejection, such as that of
 * a limiter, an open circuit or a shutdown. Such errors have a level below `warn` themselves.
 */
export function accessLevelOf(status: number, error: AppError | undefined): AccessLevel {
  if (status < SERVER_ERROR) return 'info';
  return error && ON_PURPOSE.has(error.logLevel) ? 'warn' : 'error';
}

const HEX_DIGITS = 8;
const SPACE = 16 ** HEX_DIGITS;

/** Uses the last digits of the trace id, which are random even if the first ones are a time. */
function isSampled(share: number): boolean {
  const traceId = RequestContext.current()?.trace.traceId;
  const draw =
    traceId === undefined ? Math.random() : Number.parseInt(traceId.slice(-HEX_DIGITS), 16) / SPACE;
  return draw < share;
}
