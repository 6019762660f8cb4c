import { ConfigModule } from '@app/config';
import { type DynamicModule, Module } from '@nestjs/common';
import { loggingConfig } from './logging.config.js';
import type { RootLogger } from './root-logger.js';

/** Injects the pino logger itself, for what writes lines by the thousand; others use Nest's `Logger`. */
export const ROOT_LOGGER = Symbol('root logger');

@Module({})
export class LoggingModule {
  static forRoot(root: RootLogger): DynamicModule {
    return {
      module: LoggingModule,
      global: true,
      imports: [ConfigModule.forFeature(loggingConfig)],
      providers: [{ provide: ROOT_LOGGER, useValue: root.pino }],
      exports: [ROOT_LOGGER],
    };
  }
}
