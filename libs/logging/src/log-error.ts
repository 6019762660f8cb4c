import { type AppError, maskText, rootMessage } from '@app/errors';
import type { Logger } from '@nestjs/common';

/** Logs an error at its own level. An internal error, whose message is generic, is logged with that of its cause. */
export function logError(logger: Logger, error: AppError): void {
  const entry = { err: error, reason: error.reason };
  const message = error.reason === 'INTERNAL' ? maskText(rootMessage(error)) : error.message;
  switch (error.logLevel) {
    case 'silent':
      return;
    case 'debug':
      return logger.debug(entry, message);
    case 'info':
      return logger.log(entry, message);
    case 'warn':
      return logger.warn(entry, message);
    case 'error':
      return logger.error(entry, message);
    case 'fatal':
      return logger.fatal(entry, message);
  }
}
