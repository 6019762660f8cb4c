export { contextFields } from './context.fields.js';
export { logError } from './log-error.js';
export { type LoggingConfig, loggingConfig } from './logging.config.js';
export { LoggingModule, ROOT_LOGGER } from './logging.module.js';
export { nestLogger } from './nest-logger.js';
export { createRootLogger, type RootLogger } from './root-logger.js';
