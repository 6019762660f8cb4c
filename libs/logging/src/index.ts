export { type AccessClient, AccessLog, accessLevelOf } from './access.log.js';
export { contextFields } from './context.fields.js';
export { logError } from './log-error.js';
export { type LoggingConfig, loggingConfig } from './logging.config.js';
export { LoggingModule } from './logging.module.js';
export { nestLogger } from './nest-logger.js';
export { type BackOffOptions, OutageLog, type OutageOptions } from './outage.log.js';
export { createRootLogger, ROOT_LOGGER, type RootLogger } from './root-logger.js';
