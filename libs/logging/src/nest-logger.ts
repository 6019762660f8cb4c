import type { LoggerService } from '@nestjs/common';
import { Logger, PinoLogger } from 'nestjs-pino';
import type { RootLogger } from './root-logger.js';

/** Parts of Nest that tell of every module and route at the start; of interest only when one looks for them. */
const CHATTY = new Set([
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
  'NestApplication',
  'NestMicroservice',
]);

/** Nest's logger on the root logger: whatever is logged through `new Logger('X')` comes out of pino. */
export function nestLogger(root: RootLogger): LoggerService {
  // Else pino-http would put its own serializers before those of the root logger, which know our errors.
  const pinoHttp = { logger: root.pino, wrapSerializers: false };
  return new QuietStartLogger(new PinoLogger({ pinoHttp }), {});
}

class QuietStartLogger extends Logger {
  override log(message: unknown, ...optional: unknown[]): void {
    if (CHATTY.has(String(optional.at(-1)))) super.debug(message, ...optional);
    else super.log(message, ...optional);
  }
}
