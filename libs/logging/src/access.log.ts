import { type ConfigHandle, InjectConfig } from '@app/config';
import { RequestContext } from '@app/context';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger as PinoLogger } from 'pino';
import { type LoggingConfig, loggingConfig } from './logging.config.js';
import { type PlainFields, PlainLines } from './plain-lines.js';
import { ROOT_LOGGER } from './root-logger.js';

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

  write(fields: PlainFields, { succeeded }: { succeeded: boolean }): void {
    const { enabled, sample } = this.config.current.accessLog;
    if (!enabled || !this.root.isLevelEnabled('info') || (succeeded && sample < 1 && !isSampled(sample)))
      return;
    this.lines.write(fields);
  }
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
