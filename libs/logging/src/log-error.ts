import type { AppError } from '@app/errors';
import type { Logger } from '@nestjs/common';

/** Logs an error as loud as it says it is. */
export function logError(logger: Logger, error: AppError): void {
  const entry = { err: error, reason: error.reason };
  switch (error.logLevel) {
    case 'silent':
      return;
    case 'debug':
      return logger.debug(entry, error.message);
    case 'info':
      return logger.log(entry, error.message);
    case 'warn':
      return logger.warn(entry, error.message);
    case 'error':
      return logger.error(entry, error.message);
    case 'fatal':
      return logger.fatal(entry, error.message);
  }
}
