import type { LoggerService } from '@nestjs/common';
import { Logger, PinoLogger } from 'nestjs-pino';
import type { RootLogger } from './root-logger.js';

/** Nest's logger on the root logger: whatever is logged through `new Logger('X')` comes out of pino. */
export function nestLogger(root: RootLogger): LoggerService {
  return new Logger(new PinoLogger({ pinoHttp: { logger: root.pino } }), {});
}
