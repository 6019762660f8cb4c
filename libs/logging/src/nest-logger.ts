import type { LoggerService } from '@nestjs/common';
import { Logger, PinoLogger } from 'nestjs-pino';
import type { RootLogger } from './root-logger.js';

/** Parts of Nest that log every module and route at start-up; they are rarely needed. */
const CHATTY = new Set([
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
  'NestApplication',
  'NestMicroservice',
]);

/** Nest's logger on top of the root logger: pino writes the lines of every `new Logger('X')`. */
export function nestLogger(root: RootLogger): LoggerService {
  // Otherwise pino-http would put its own serializers before those of the root logger, which handle our errors.
  const pinoHttp = { logger: root.pino, wrapSerializers: false };
  return new QuietStartLogger(new PinoLogger({ pinoHttp }), {});
}

class QuietStartLogger extends Logger {
  override log(message: unknown, ...optional: unknown[]): void {
    if (CHATTY.has(String(optional.at(-1)))) super.debug(message, ...optional);
    else super.log(message, ...optional);
  }
}
